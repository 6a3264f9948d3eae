"""Reading: a question and passages in, the spans that answer it out."""

from qa_bot.reading.confidence import Calibration
from qa_bot.reading.lists import is_list_question, several
from qa_bot.reading.loading import load_reader
from qa_bot.reading.reader import Reader
from qa_bot.reading.two_stage import TwoStageReader

__all__ = ["Calibration", "Reader", "TwoStageReader", "is_list_question", "load_reader", "several"]
