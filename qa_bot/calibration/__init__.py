"""Fitting, offline, what is decided by probabilities."""
