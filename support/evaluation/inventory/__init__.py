"""The state of the test suites of several repositories, as CI left it in files."""
