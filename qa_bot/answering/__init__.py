"""A query and its evidence in, an answer out. Begin with ``pipeline.py``."""
