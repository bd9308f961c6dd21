"""Renders results for people and tools: console, JUnit, Allure, the sabotage matrix. Reads results, and changes nothing."""
