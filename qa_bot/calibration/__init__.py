"""Fitting the confidence to questions whose answers are known: asked once, kept, fitted offline."""
