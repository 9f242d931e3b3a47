"""Text entries of layout frames: what is written is what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.layout.entries import Change, Share, Word
from analysis.layout.words import Difference, read_difference

NAMES = st.text("abcdefgh_", min_size=1)


def test_entries_are_written_as_frames_hold_them() -> None:
    assert str(Share("15", 0.91019)) == "15:0.9102"
    assert str(Word("follow", "关注我们")) == "follow:关注我们"
    assert str(Change("font_size_px", "15", "16.5")) == "font_size_px: 15→16.5"


@given(name=NAMES, words=st.text())
def test_words_come_back_whole_even_with_colons(name: str, words: str) -> None:
    assert Word.parse(str(Word(name, words))) == Word(name, words)


@given(px=st.integers(600, 6000), share=st.integers(0, 10_000))
def test_shares_come_back(px: int, share: int) -> None:
    entry = Share(f"{px / 100:g}", share / 10_000)
    assert Share.parse(str(entry)) == entry


@given(name=NAMES, before=st.text("0123456789.#abc"), after=st.text("0123456789.#abc"))
def test_changes_come_back(name: str, before: str, after: str) -> None:
    assert Change.parse(str(Change(name, before, after))) == Change(name, before, after)


def test_a_text_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        Share.parse("#c00000")


@pytest.mark.parametrize(
    ("change", "in_words"),
    [
        (Change("font_size_px", "15", "16"), Difference("正文字号", "15 px", "16 px")),
        (Change("indent", "em", ""), Difference("首行缩进", "缩进", None)),
    ],
)
def test_a_redesign_is_told_in_words(change: Change, in_words: Difference) -> None:
    assert read_difference(str(change)) == in_words
