"""What tests ask of a chart."""

from __future__ import annotations

import altair as alt

__all__ = ["data_of"]


def data_of(chart: alt.Chart) -> list[dict[str, object]]:
    """The rows a chart draws."""
    spec = chart.to_dict()
    return list(spec["datasets"][spec["data"]["name"]])
