# language: de
Funktionalität: f
  Szenario: deutsch
    Angenommen it passes
    Und it passes
