"""What the agent stands on: domain, settings, errors, context, database, learning and integrations."""
