"""Honesty as code: what a reply claims, and whether this turn's evidence backs it. Pure functions."""
