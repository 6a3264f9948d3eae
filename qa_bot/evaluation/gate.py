"""The gate: does a run fall behind the accepted one by more than noise?

It closes on any of:

1. a quotation that is not verbatim;
2. a question of the baseline that the run leaves out (a gate must not open by losing questions);
3. a score whose mean drops by more than ``TOLERANCE`` (or rises, where lower is better: the share
   of users misled) while the paired permutation test says that a drop this large comes by chance in
   fewer than ``ALPHA`` of cases, one-sided, with Holm's correction for the number of scores;
4. a score whose mean drops by more than ``LIMIT``, whatever the test says: in a small set even a
   large drop can be called chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_bot.evaluation.compare import COMPARED, LOWER_IS_BETTER, compare
from qa_bot.evaluation.intervals import Difference
from qa_bot.evaluation.results import Evaluation

GATED = ("f1", "right", "decided", "recall@5/fused", "reading_f1", "users_score", "misled")
TOLERANCE = 0.01
LIMIT = 0.05
ALPHA = 0.05
EXIT_CLOSED = 8
_SLACK = 1e-9


@dataclass(frozen=True)
class Verdict:
    """Whether the gate is open, why not, and what else the reader should know.

    Example:
        >>> Verdict(reasons=("answer F1 fell by 12 points",)).open
        False
    """

    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return not self.reasons


def judge(new: Evaluation, baseline: Evaluation) -> Verdict:
    """Compare a run with the accepted one."""
    compared = compare(new, baseline)
    reasons = []
    fidelity = new.value("citations", "quote fidelity")
    if fidelity < 1:
        reasons.append(f"{1 - fidelity:.2%} of the quotations are not verbatim")
    if compared.only_old:
        reasons.append(
            f"{len(compared.only_old)} questions of the baseline were not asked or have been "
            f"edited: {', '.join(compared.only_old[:5])}"
        )
    reasons += drops({name: compared.differences[name] for name in GATED})
    notes = []
    readers = new.about.get("reader"), baseline.about.get("reader")
    if readers[0] != readers[1]:
        notes.append(f"this run was read by {readers[0]}, the baseline by {readers[1]}")
    if compared.only_new:
        notes.append(
            f"{len(compared.only_new)} questions are not in the baseline and were not compared; "
            "--accept takes them in"
        )
    if new.problems:
        notes.append(f"{len(new.problems)} rows of the test set could not be used")
    return Verdict(tuple(reasons), tuple(notes))


def drops(differences: Mapping[str, Difference]) -> list[str]:
    """In words, the scores that got worse by more than noise (rules 3 and 4)."""
    fell = []
    tested = sorted((d.p_worse, name) for name, d in differences.items() if d.n)
    rejected = True
    for rank, (p, name) in enumerate(tested):
        # Holm 1979: the smallest p against alpha / m, the next against alpha / (m - 1), and so on
        # until one is not small enough.
        rejected = rejected and p < ALPHA / (len(tested) - rank)
        lower = name in LOWER_IS_BETTER
        drop = differences[name].mean if lower else -differences[name].mean
        if drop > LIMIT + _SLACK or (rejected and drop > TOLERANCE + _SLACK):
            went = "rose" if lower else "fell"
            fell.append(
                f"{COMPARED[name]} {went} by {100 * drop:.1f} points (p = {p:.4f}, "
                f"n = {differences[name].n})"
            )
    return fell
