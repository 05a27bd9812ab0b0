"""Music techniques: words, voice, singing, signal, backing, mixing and the singer's face."""
