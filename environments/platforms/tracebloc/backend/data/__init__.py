"""Where the data is: secure environments, their datasets, and the rows of them that are trained on."""
