"""Where scenarios run: one folder a substrate, behind one interface, and the reference platform they start."""
