"""Reading: a question and passages in, the spans that answer it out."""

from qa_bot.reading.calibration import Calibration
from qa_bot.reading.lists import is_list_question, several
from qa_bot.reading.reader import Reader, load_reader

__all__ = ["Calibration", "Reader", "is_list_question", "load_reader", "several"]
