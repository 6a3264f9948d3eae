"""What a follow-up question refers to, and what could be asked."""

from qa_bot.conversation.followup import Understood, understand

__all__ = ["Understood", "understand"]
