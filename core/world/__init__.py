"""The world around the chat: what keeps outside it what Brenda promised in it."""
