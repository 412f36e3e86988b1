"""The command line's groups of commands: each parses its arguments, opens what it needs, and prints what came of it."""
