"""Layout profiles -> what an account's articles look like (排版). First version: medians; templates and redesigns come later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pandas as pd

from analysis.frames import check_frame
from analysis.styles import measure_style

__all__ = ["LAYOUTS", "PROFILES", "measure_layouts", "profile_bodies"]

PROFILES = {
    "article_id": "str", "chars": "int64", "font_size_px": "float64", "font_size_share": "float64", "text_align": "str", "images": "int64",
    "images_per_1000": "float64",
}  # fmt: skip
LAYOUTS = {
    "account_id": "str", "account": "str", "n": "int64", "n_text": "int64", "font_size_px": "float64", "same_size_share": "float64", "text_align": "str",
    "align_share": "float64", "images": "float64", "images_per_1000": "float64", "chars": "float64",
}  # fmt: skip
_MIN_CHARS = 100  # an article of pictures with a line of thanks has no body type size to speak of


def profile_bodies(bodies: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """The layout profile of each body, given as (article_id, inner HTML).

    Returns article_id str; chars int64, visible; font_size_px float64, the most common, with its share of the characters;
    text_align str; images int64; images_per_1000 float64 per 1,000 characters. What can't be told is missing; sorted by article_id.
    """
    rows: list[dict[str, Any]] = [{"article_id": article_id, **asdict(measure_style(body))} for article_id, body in bodies]
    frame = pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in PROFILES.items()})
    return frame.sort_values("article_id", ignore_index=True)


def measure_layouts(articles: pd.DataFrame, profiles: pd.DataFrame, *, min_chars: int = _MIN_CHARS) -> pd.DataFrame:
    """The usual layout of each account: medians over its ordinary articles (no picture, video, audio or text posts) with a profile.

    Returns one row per account: account_id, account str; n int64 articles with a profile; n_text int64 of them with at least
    `min_chars` visible characters, over which type size, alignment and images_per_1000 go; font_size_px float64, the lower
    median in px, so always a size in use; same_size_share float64, articles at exactly that size; text_align str, the most common, with
    align_share; images, images_per_1000, chars float64 medians. Sorted by account.
    """
    check_frame(articles, {"article_id": "str", "account_id": "str", "account": "str", "kind": "category"}, name="articles")
    check_frame(profiles, PROFILES, name="profiles")
    laid_out = articles.loc[articles["kind"].isna() | articles["kind"].isin(["article", "repost"]), ["article_id", "account_id", "account"]]
    joined = laid_out.merge(profiles, on="article_id")
    rows = [_measure(part, min_chars) for _, part in joined.groupby(["account", "account_id"])]
    return pd.DataFrame({column: pd.Series([row[column] for row in rows], dtype=dtype) for column, dtype in LAYOUTS.items()})


def _measure(part: pd.DataFrame, min_chars: int) -> dict[str, Any]:
    text = part[part["chars"] >= min_chars]
    size = text["font_size_px"].quantile(interpolation="lower")
    aligned = text["text_align"].value_counts().sort_index()
    return {
        "account_id": part["account_id"].iat[0], "account": part["account"].iat[0], "n": len(part), "n_text": len(text), "font_size_px": size,
        "same_size_share": (text["font_size_px"] == size).mean() if len(text) else None,
        "text_align": aligned.idxmax() if len(text) else None, "align_share": aligned.max() / len(text) if len(text) else None,
        "images": part["images"].median(), "images_per_1000": text["images_per_1000"].median(), "chars": part["chars"].median(),
    }  # fmt: skip
