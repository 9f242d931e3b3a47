"""Charts of how titles are written."""

from __future__ import annotations

import pandas as pd

from analysis.charts.base import FAINT, OTHER, OWN, WIDTH, alt
from analysis.charts.labels import fit_labels, name_axis

__all__ = ["draw_words"]


def draw_words(words: pd.DataFrame, *, most: float, own: bool = False) -> alt.LayerChart:
    """One account's distinctive words as dots at their z, in the order given, from
    distinctive_words.compare_words; `most` is the scale all accounts share.
    """
    shown = fit_labels({word: word for word in words["word"]})
    rows = words[["word", "z", "n", "n_others"]].assign(
        word=words["word"].map(shown),
        counts=[f"{n}／{others}" for n, others in zip(words["n"], words["n_others"], strict=True)],
    )
    name = alt.Y("word:N", title=None, sort=list(rows["word"]), axis=name_axis(grid=True))
    z = alt.X(
        "z:Q",
        title="z：比别号多得多明显（旁边是本号／别号次数）",
        scale=alt.Scale(domain=[0, most * 1.25]),
        axis=alt.Axis(tickCount=4, format="d"),
    )
    base = alt.Chart(rows).encode(y=name, x=z)
    dots = base.mark_circle(color=OWN if own else OTHER, size=60, opacity=1, aria=False)
    counts = base.mark_text(align="left", dx=7, fontSize=10, color=FAINT, aria=False).encode(
        text="counts:N"
    )
    chart: alt.LayerChart = (dots + counts).properties(width=WIDTH - 124, height=alt.Step(18))
    return chart
