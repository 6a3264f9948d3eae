"""Where the characters of a document's text stand on a page, and what to mark there."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_bot.originals.letters import letters_of

Box = tuple[float, float, float, float]  # left, top, right, bottom, in points from the top left

GRID = 65_534  # a page's width and height, in the steps that places are told in
NO_BOX = (65_535, 65_535, 65_535, 65_535)  # a character that was not found on the page
MOST_LOST = 0.15  # share of a quotation's letters that may be without a box
MOST_LOST_AT_END = 3  # letters without a box at its beginning and at its end
SAME_LINE = 0.5  # of the lower of two boxes, that must lie beside the other
WORD_GAP = 2.5  # of the height of a line, between two words of it


@dataclass(frozen=True)
class PlacedPage:
    """A page of the original with a box for each character of the text made of it.

    Attributes:
        width, height: of the page as it is shown, in points.
        start: offset of the page's text in the document's.
        text: the page's text.
        boxes: left, top, right and bottom of each character on a grid of ``GRID`` steps each way.
    """

    width: float
    height: float
    start: int
    text: str
    boxes: array[int]

    def marks(self, start: int, end: int) -> tuple[Box, ...] | None:
        """What to mark for the part of ``document.text[start:end]`` that stands on this page.

        None where the words could not be found well enough to show where they are; () where none
        of the part is a letter or a digit.
        """
        places = range(max(start - self.start, 0), min(end - self.start, len(self.text)))
        found = [self._box(place) != NO_BOX for place in places if letters_of(self.text[place])]
        if not found:
            return ()
        ends = found[: MOST_LOST_AT_END + 1], found[-MOST_LOST_AT_END - 1 :]
        if found.count(False) > MOST_LOST * len(found) or not all(map(any, ends)):
            return None
        known = (self._box(place) for place in places)
        across, down = self.width / GRID, self.height / GRID
        return lines(
            (left * across, top * down, right * across, bottom * down)
            for left, top, right, bottom in (box for box in known if box != NO_BOX)
        )

    def _box(self, place: int) -> Sequence[int]:
        return tuple(self.boxes[4 * place : 4 * place + 4])


def lines(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """One box for each line of boxes that follow each other.

    Example:
        >>> lines([(0, 0, 5, 10), (6, 1, 9, 11), (0, 20, 5, 30)])
        ((0, 0, 9, 11), (0, 20, 5, 30))
    """
    made: list[Box] = []
    last: Box | None = None
    for box in boxes:
        if last is not None and _same_line(last, box):
            line = made[-1]
            made[-1] = (
                min(line[0], box[0]), min(line[1], box[1]),
                max(line[2], box[2]), max(line[3], box[3]),
            )  # fmt: skip
        else:
            made.append(box)
        last = box
    return tuple(made)


def _same_line(one: Box, other: Box) -> bool:
    height = min(one[3] - one[1], other[3] - other[1])
    beside = min(one[3], other[3]) - max(one[1], other[1]) >= SAME_LINE * height
    between = max(one[0], other[0]) - min(one[2], other[2])
    return beside and between <= WORD_GAP * max(one[3] - one[1], other[3] - other[1])
