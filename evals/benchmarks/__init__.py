"""What Brenda costs, beside what the same work costs others on the same machine in the same minute."""
