"""The console: the same Brenda, on standard input and output."""
