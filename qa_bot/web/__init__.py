"""The chat page, the source view, the browse list and the JSON interface, on one FastAPI app.

Call :func:`qa_bot.web.app.create_app` for the app, :func:`qa_bot.web.server.serve` to run it.
"""

import os

# Read when gradio is imported: without it the server looks up outside hosts at start.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
