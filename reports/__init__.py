"""What comes out of a run: console, JUnit, Allure, and the folder they are in."""
