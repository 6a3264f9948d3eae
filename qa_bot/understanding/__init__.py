"""A question and its conversation in, a self-contained ``Query`` with its restrictions out."""
