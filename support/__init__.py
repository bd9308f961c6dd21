"""The runner, its results and evidence, what helps to write features, the commands, and what the steps of each platform call."""
