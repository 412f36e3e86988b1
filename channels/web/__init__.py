"""The pages that people reach from the chat, the webhooks, and what an operator asks of a running Brenda."""
