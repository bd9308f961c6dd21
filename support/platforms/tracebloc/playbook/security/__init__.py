"""What somebody tries who means harm, and what others may see."""
