"""Fitting the confidence on questions whose answers are known; offline, never while answering."""
