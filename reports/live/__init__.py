"""The scenario report while a run goes on: a page on loopback that fills, served by a process of its own. Source: our choice."""
