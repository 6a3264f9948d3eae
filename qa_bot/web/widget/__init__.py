"""The chat as a widget for pages of other sites: one script, ``/widget.js``."""

from qa_bot.web.widget.route import router

__all__ = ["router"]
