"""Reading: a question and passages in, the spans that answer it out."""

from qa_bot.reading.calibration import Calibration
from qa_bot.reading.cascade import Cascade
from qa_bot.reading.lists import is_list_question, several
from qa_bot.reading.loading import load_reader
from qa_bot.reading.reader import Reader

__all__ = ["Calibration", "Cascade", "Reader", "is_list_question", "load_reader", "several"]
