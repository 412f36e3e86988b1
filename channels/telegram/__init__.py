"""The way in and out through Telegram: updates into the inbox, the outbox to people.

It knows nothing of turns. What arrives is stored and a turn is asked for through a callable that is passed in; what is
to be said is read from the outbox. `app.run_telegram` puts the parts together.
"""

CHANNEL = "telegram"
"""The channel's name in the database."""
