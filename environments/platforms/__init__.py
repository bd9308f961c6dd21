"""The platforms that can be tested: one folder each, described once in its `platform.py`, with its reference services."""
