"""A forward pass for BERT and MPNet encoders, from safetensors, without padding.

Importing transformers takes seconds that a question does not have, and its models compute the
padding of every batch. The packaged models are of these two kinds; others are left to the library.
"""
