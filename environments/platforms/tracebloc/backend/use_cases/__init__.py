"""What the owner offers, whom it lets in, and the teams of those who take part."""
