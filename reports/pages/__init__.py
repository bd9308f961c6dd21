"""Pages of paragraphs and tables, for the terminal and as HTML: comparison, history, evaluation."""
