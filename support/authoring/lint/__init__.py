"""Holds features and steps to the rules of the project, without starting anything."""
