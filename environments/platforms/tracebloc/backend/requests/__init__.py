"""What every request shares: its context, pages of lists, answers to errors, and limits on guessing passwords."""
