"""Where passages are looked up: one file a backend, one shape for all."""
