"""What a platform and a substrate are, one folder for each substrate, and the platforms that run on them."""
