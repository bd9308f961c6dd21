"""What people need to write features: the rules (lint), the catalogue of steps, tags, wording, and something new to go on from."""
