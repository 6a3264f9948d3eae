"""Every word the pages show, in one place."""

from __future__ import annotations

ASK = "Ask"
ASK_LABEL = "Your question"
ASK_PLACEHOLDER = "Ask about the speeches"
NEW = "New conversation"
SPEECHES = "The speeches"
CONVERSATION = "Conversation"
EMPTY_TITLE = "What would you like to know?"
EMPTY_TEXT = "Every answer is a quotation from the speeches, word for word."
READING = "Reading the speeches…"

FAILED = "Something went wrong on our side, and this question could not be answered."
FAILED_HINT = "Try again. If it happens again, tell the administrator this number: {request_id}."

BUSY = "Too many questions are waiting. Try again in a moment."
NOT_FOUND = "Not found in these speeches."
NOT_FOUND_HINT = "None of them answers this, as far as the bot can read."
NEAREST = "Nearest passages"
UNDERSTOOD = "Understood as"
IN_CONTEXT = "In context"
OTHERS_ONE = "1 other candidate"
OTHERS_MANY = "{count} other candidates"
COPY = "Copy"
DISLIKE = "Dislike"  # Gradio draws a thumb for this name
DISLIKED = "Thank you. The question is kept for whoever looks after the speeches."
OPEN_SOURCE = ("Open quotation ", " in the source")
CONFIDENCE = "Confidence {percent} %"
SURE = "sure"
LIKELY = "likely"
UNSURE = "less sure"
PAGE = "p.\N{NO-BREAK SPACE}{page}"
PUBLISHED = "Published"
UNTITLED = "Untitled speech"

WORD_COUNT = "{count} words"
SPEECH_COUNT_ONE = "1 speech"
SPEECH_COUNT_MANY = "{count} speeches"
BACK_TO_CHAT = "Ask a question"
FULL_PAGE = "Full page"
NO_SPEECHES = "There are no speeches yet. Put files into the corpus folder and run “qa-bot index”."
NO_DOCUMENT_TITLE = "No such speech"
NO_DOCUMENT = "There is no speech under this address. It may have been renamed or taken away."
NO_PAGE_TITLE = "No such page"
NO_PAGE = "There is nothing under this address."

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
