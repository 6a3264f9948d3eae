"""Test sets, metrics, the runner, the reports and the gate (one file each)."""

from qa_bot.evaluation.importers import load_test_set
from qa_bot.evaluation.results import Evaluation, read_run, write_run
from qa_bot.evaluation.runner import run_evaluation
from qa_bot.evaluation.testset import TestSet

__all__ = ["Evaluation", "TestSet", "load_test_set", "read_run", "run_evaluation", "write_run"]
