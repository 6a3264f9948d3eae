"""The version, in one place: packaging and `qa-bot --version` read it."""

__version__ = "0.1.0"
