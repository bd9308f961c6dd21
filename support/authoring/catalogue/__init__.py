"""The step definitions, read without importing them, and where the features use them."""
