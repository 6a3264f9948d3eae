"""Questions to begin with and to go on with, each known to be answered."""
