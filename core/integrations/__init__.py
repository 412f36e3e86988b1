"""The world outside: chat models, links, media, the job queue. Vendor errors are translated here, once."""
