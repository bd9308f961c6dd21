# language: ht
Karakteristik: keywords that begin alike
  Senaryo: alike
    Sipoze ke it passes
    Le sa a it passes
