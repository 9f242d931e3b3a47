"""What stands on the sheets of a PDF: text line by line, and how much of each is left blank."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pypdfium2

__all__ = ["Sheet", "read_sheets"]

_MARGIN = 14 / 297  # of an A4 sheet, above and below what is printed; the foot stands in it
_INK = 200  # of 255: darker is printed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `lines` from its top to its bottom, `foot` the last of them, `blank` the share of
    the space between its margins that is empty at the bottom, 0 to 1.
    """

    lines: tuple[str, ...]
    foot: str
    blank: float


def read_sheets(pdf: bytes) -> list[Sheet]:
    """All sheets of a document."""
    document = pypdfium2.PdfDocument(pdf)
    return [_read(document[number]) for number in range(len(document))]


def _read(page: pypdfium2.PdfPage) -> Sheet:
    drawn = page.render(scale=1, grayscale=True).to_numpy()
    drawn = drawn.reshape(drawn.shape[:2])
    margin = round(_MARGIN * len(drawn))
    inside = drawn[margin : len(drawn) - margin]
    printed = np.flatnonzero((inside < _INK).any(axis=1))
    text = page.get_textpage().get_text_range()
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.split("\n")]
    *above, foot = [line for line in lines if line]
    last = int(printed.max()) + 1 if len(printed) else 0
    return Sheet(tuple(above), foot, 1 - last / len(inside))
