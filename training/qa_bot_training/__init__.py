"""Fine-tune a reader: data, hard negatives, mixture, features, the training loop, dev scores.

>>> from qa_bot_training.recipe import load_recipe
>>> load_recipe("small").name
'small'
"""
