"""The original files: the picture of a page, and where on it the words of a speech stand.

A PDF is drawn, and its characters are found, in a process of its own (``page_process.py``), as
files that are indexed are parsed. What comes back is a picture, and a box for each character of the
document's text that could be found on the page.
"""

from qa_bot.originals.files import AtHand, State
from qa_bot.originals.pages import BusyError, PageReader, Picture
from qa_bot.originals.placed import Box, PlacedPage

__all__ = ["AtHand", "Box", "BusyError", "PageReader", "Picture", "PlacedPage", "State"]
