"""The nouns of the product. Nothing here knows a database, a model or a channel."""
