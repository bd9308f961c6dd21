# language: em
📚: f
  📕: smile
    😐it passes
