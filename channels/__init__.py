"""The ways in: Telegram, the console, and the jobs that keep promises. They do not know each other."""
