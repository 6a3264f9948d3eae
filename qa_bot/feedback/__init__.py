"""What people asked and thought of the answers, kept as the privacy settings say."""
