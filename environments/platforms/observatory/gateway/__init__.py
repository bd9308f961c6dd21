"""Takes jobs in: checks them against the contract and hands them to the broker."""
