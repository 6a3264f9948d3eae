"""What a question asks for: its kind, its subject, its sides, its language."""
