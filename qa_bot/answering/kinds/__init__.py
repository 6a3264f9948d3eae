"""The kinds of answers, a file each; ``pipeline.KINDS`` names them in the order they are tried."""
