"""Layout profiles -> what each account's articles usually look like (排版): medians and spreads,
fixed parts, lead-ins, editors.

Template families and redesigns are layout/templates.py's, the distance to other accounts and to
conventions layout/distance.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.compute.cache import cached_by_account
from analysis.evidence import MIN_CHARS
from analysis.frames import check_frame
from analysis.layout.body.fixed_parts import EDITOR_NAMES, LEAD_IN_NAMES, PART_NAMES
from analysis.layout.entries import Word
from analysis.layout.load import PROFILES, load_profiles, profile_bodies
from analysis.rows import commonest, frame_of

__all__ = [
    "COUNTS",
    "FEATURES",
    "LAYOUTS",
    "MEASURES",
    "NEWSPAPER_NAMES",
    "PROFILES",
    "Feature",
    "count_parts",
    "join_profiles",
    "load_profiles",
    "measure_features",
    "measure_layouts",
    "profile_bodies",
]


@dataclass(frozen=True, slots=True)
class Feature:
    """One measured figure: its Chinese name and unit, how many digits a table shows, and whether it
    needs running text to mean anything.
    """

    name: str
    unit: str = ""
    digits: int = 1
    of_text: bool = True


LAYOUTS = {
    "account_id": "str",
    "account": "str",
    "n": "int64",
    "n_text": "int64",
    "font_size_px": "float64",
    "same_size_share": "float64",
    "text_align": "str",
    "align_share": "float64",
    "images": "float64",
    "images_per_1000": "float64",
    "chars": "float64",
}
MEASURES = {
    "account_id": "str",
    "account": "str",
    "feature": "str",
    "n": "int64",
    "median": "float64",
    "q25": "float64",
    "q75": "float64",
}
COUNTS = {
    "account_id": "str",
    "account": "str",
    "kind": "str",
    "name": "str",
    "n": "int64",
    "articles": "int64",
    "share": "float64",
    "words": "object",
}
FEATURES: Mapping[str, Feature] = {
    "font_size_px": Feature("正文字号", "px"),
    "heading_px": Feature("小标题字号", "px"),
    "n_sizes": Feature("字号种数", "种", 0),
    "line_height": Feature("行高", "倍", 2),
    "letter_spacing_px": Feature("字间距", "px", 2),
    "side_px": Feature("两侧边距", "px"),
    "indent_share": Feature("首行缩进的字", "%", 0),
    "paragraph_chars": Feature("段落长度", "字", 0),
    "paragraph_lines": Feature("段落行数（电脑）", "行", 0),
    "paragraph_lines_phone": Feature("段落行数（手机）", "行", 0),
    "blank_share": Feature("每段空行", "行", 2),
    "bold_share": Feature("加粗的字", "%"),
    "highlight_share": Feature("底色强调的字", "%"),
    "underline_share": Feature("下划线的字", "%"),
    "n_colors": Feature("文字颜色数", "种", 0),
    "images": Feature("图片", "张/篇", 0, of_text=False),
    "images_per_1000": Feature("每千字图片", "张"),
    "gifs": Feature("动图", "张/篇", 0, of_text=False),
    "videos": Feature("视频", "个/篇", 0, of_text=False),
    "audios": Feature("音频", "个/篇", 0, of_text=False),
    "chars": Feature("字数", "字/篇", 0, of_text=False),
    "minutes": Feature("阅读时长", "分钟"),
    "headings": Feature("小标题", "个/篇", 0),
}
NEWSPAPER_NAMES = {"indent": "首行缩进两字", "large": "正文 18–20 px"}
_COUNTED = {
    "part": ("parts", "part_words", PART_NAMES),
    "lead_in": ("lead_ins", "lead_in_words", LEAD_IN_NAMES),
    "editor": ("editors", "editor_marks", EDITOR_NAMES),
    "newspaper": ("newspaper_signs", None, NEWSPAPER_NAMES),
}
_WORDS = 5


def join_profiles(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """The ordinary articles (no picture, video, audio or text posts) that have a profile, with it;
    in the order of `articles`. Raises FrameError.
    """
    check_frame(
        articles,
        {"article_id": "str", "account_id": "str", "account": "str", "kind": "category"},
        name="articles",
    )
    check_frame(profiles, PROFILES, name="profiles")
    laid_out = articles.loc[articles["kind"].isna() | articles["kind"].isin(["article", "repost"])]
    return laid_out.merge(profiles, on="article_id")


@cached_by_account(
    LAYOUTS,
    {
        "articles": ("article_id", "kind"),
        "profiles": (
            "article_id",
            "chars",
            "font_size_px",
            "text_align",
            "images",
            "images_per_1000",
        ),
    },
)
def measure_layouts(
    articles: pd.DataFrame, profiles: pd.DataFrame, *, min_chars: int = MIN_CHARS
) -> pd.DataFrame:
    """The usual layout of each account: medians over its ordinary articles (no picture, video,
    audio or text posts) with a profile.

    Returns one row per account: account_id, account str; n int64 articles with a profile; n_text
    int64 of them with at least `min_chars` visible characters, over which type size, alignment and
    images_per_1000 go; font_size_px float64, the lower median in px, so always a size in use;
    same_size_share float64, articles at exactly that size; text_align str, the most common, with
    align_share; images, images_per_1000, chars float64 medians. Sorted by account.
    """
    joined = join_profiles(articles, profiles)
    rows = [_measure(part, min_chars) for _, part in joined.groupby(["account", "account_id"])]
    return frame_of(rows, LAYOUTS)


def _measure(part: pd.DataFrame, min_chars: int) -> dict[str, Any]:
    text = part[part["chars"] >= min_chars]
    size = text["font_size_px"].quantile(interpolation="lower")
    aligned = text["text_align"].value_counts().sort_index()
    return {
        "account_id": part["account_id"].iat[0],
        "account": part["account"].iat[0],
        "n": len(part),
        "n_text": len(text),
        "font_size_px": size,
        "same_size_share": (text["font_size_px"] == size).mean() if len(text) else None,
        "text_align": aligned.idxmax() if len(text) else None,
        "align_share": aligned.max() / len(text) if len(text) else None,
        "images": part["images"].median(),
        "images_per_1000": text["images_per_1000"].median(),
        "chars": part["chars"].median(),
    }


@cached_by_account(
    MEASURES, {"articles": ("article_id", "kind"), "profiles": ("article_id", "chars", *FEATURES)}
)
def measure_features(
    articles: pd.DataFrame, profiles: pd.DataFrame, *, min_chars: int = MIN_CHARS
) -> pd.DataFrame:
    """Median and quartiles of every figure in FEATURES for each account, over its ordinary articles
    that have it.

    Figures of running text go over articles with at least `min_chars` visible characters. Units are
    FEATURES', but shares are 0 to 1. Returns account_id, account, feature str; n int64 articles
    counted (0 where none); median, q25, q75 float64, linear quantiles, missing where n is 0. Sorted
    by account, account_id and the order of FEATURES.
    """
    joined = join_profiles(articles, profiles)
    rows = []
    for (account, account_id), part in joined.groupby(["account", "account_id"]):
        text = part[part["chars"] >= min_chars]
        for name, feature in FEATURES.items():
            values = (text if feature.of_text else part)[name].dropna()
            quartiles = values.quantile([0.25, 0.5, 0.75]).tolist() if len(values) else [None] * 3
            rows.append(
                {
                    "account_id": account_id,
                    "account": account,
                    "feature": name,
                    "n": len(values),
                    **dict(zip(("q25", "median", "q75"), quartiles, strict=True)),
                }
            )
    return frame_of(rows, MEASURES)


@cached_by_account(
    COUNTS,
    {
        "articles": ("article_id", "kind"),
        "profiles": (
            "article_id",
            *(name for columns in _COUNTED.values() for name in columns[:2] if name),
        ),
    },
)
def count_parts(articles: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """How many of an account's ordinary articles have each fixed part, lead-in, editor's mark and
    newspaper sign.

    Returns account_id, account; kind (part, lead_in, editor, newspaper) and name (keys of
    fixed_parts' and NEWSPAPER_NAMES); n of `articles` that have it with their share; words, up to
    five found most often. Rows with n > 0 only; sorted by account, account_id, kind, most first.
    """
    joined = join_profiles(articles, profiles)
    rows = []
    for (account, account_id), part in joined.groupby(["account", "account_id"]):
        for kind, (column, evidence, names) in _COUNTED.items():
            counts = part[column].explode().dropna().value_counts()
            for name in sorted(
                (name for name in names if name in counts), key=lambda name: -counts[name]
            ):
                words = _commonest_words(part[evidence], name) if evidence else []
                rows.append(
                    {
                        "account_id": account_id,
                        "account": account,
                        "kind": kind,
                        "name": name,
                        "n": int(counts[name]),
                        "articles": len(part),
                        "share": counts[name] / len(part),
                        "words": words,
                    }
                )
    return frame_of(rows, COUNTS)


def _commonest_words(evidence: pd.Series, name: str) -> list[str]:
    return commonest(
        (
            word.words
            for entries in evidence
            for word in map(Word.parse, entries)
            if word.name == name
        ),
        _WORDS,
    )
