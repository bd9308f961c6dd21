"""A run for other programs: Allure, JUnit, Cucumber messages, events."""
