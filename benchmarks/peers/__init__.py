"""The bot and other ways of answering from a collection, side by side. README.md says how."""
