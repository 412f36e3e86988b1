"""Measurements of Brenda from outside: they import the agent and what it stands on, never a channel."""
