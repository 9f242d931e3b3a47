"""All there is to say of the layouts in a set of articles, gathered: every layout frame once, and
one row per account. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from analysis.layout.conventions import check_conventions
from analysis.layout.distance import measure_distances
from analysis.layout.measures import FEATURES, count_parts, join_profiles, measure_features
from analysis.layout.redesigns import find_redesigns, measure_consistency
from analysis.layout.templates import assign_templates, describe_templates

__all__ = ["ACCOUNT_COLUMNS", "LayoutReport", "list_accounts", "report_layouts"]

ACCOUNT_COLUMNS = (
    "account_id",
    "account",
    "n",
    "first",
    "last",
    *(f"{name}{end}" for name in FEATURES for end in ("", "_q25", "_q75")),
    "text_align",
    "text_align_share",
    "text_color",
    "text_color_share",
    "templates",
    "template_now",
    "template_now_share",
    "consistency",
    "consistency_n",
    "consistency_since",
    "redesigns",
    "newspaper_share",
    "editors",
    "parts",
    "lead_ins",
)

_Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class LayoutReport:
    """Every layout frame of the same articles: see the functions of the same names in
    measures, templates, redesigns, distance and conventions.
    """

    profiled: pd.DataFrame  # measures.join_profiles: the ordinary articles with their profiles
    measures: pd.DataFrame
    parts: pd.DataFrame
    assigned: pd.DataFrame
    templates: pd.DataFrame
    redesigns: pd.DataFrame
    consistency: pd.DataFrame
    distances: pd.DataFrame
    conventions: pd.DataFrame

    def only(self, accounts: Collection[str]) -> LayoutReport:
        """The same, of these account_ids; peers stay all the others."""
        frames: dict[str, pd.DataFrame] = {
            field.name: getattr(self, field.name) for field in fields(self)
        }
        return LayoutReport(
            **{
                name: frame[frame["account_id"].isin(list(accounts))].reset_index(drop=True)
                for name, frame in frames.items()
            }
        )


def report_layouts(articles: pd.DataFrame, profiles: pd.DataFrame) -> LayoutReport:
    """Everything about how the articles' accounts lay out what they write; frames as load_articles
    and load_profiles give them. Raises FrameError.
    """
    measures = measure_features(articles, profiles)
    assigned = assign_templates(articles, profiles)
    templates = describe_templates(assigned, profiles)
    redesigns = find_redesigns(assigned, templates)
    return LayoutReport(
        profiled=join_profiles(articles, profiles),
        measures=measures,
        parts=count_parts(articles, profiles),
        assigned=assigned,
        templates=templates,
        redesigns=redesigns,
        consistency=measure_consistency(assigned, redesigns),
        distances=measure_distances(measures),
        conventions=check_conventions(measures),
    )


def list_accounts(report: LayoutReport) -> list[dict[str, Any]]:
    """One row per account, keys as ACCOUNT_COLUMNS: each figure's median with its quartiles, the
    usual alignment and colour, templates, parts.

    n counts ordinary articles with a profile between `first` and `last`; parts, lead_ins and
    editors map a name to the share of articles that have it; what can't be told is None. Sorted by
    account, account_id.
    """
    rows = []
    measures, parts, templates, consistency, redesigns = map(
        _by_account,
        (report.measures, report.parts, report.templates, report.consistency, report.redesigns),
    )
    for (account, account_id), own in report.profiled.groupby(["account", "account_id"]):
        row: dict[str, Any] = {
            "account_id": account_id,
            "account": account,
            "n": len(own),
            "first": own["published_at"].min(),
            "last": own["published_at"].max(),
        }
        for measure in measures.get(account_id, ()):
            row |= {
                measure["feature"]: measure["median"],
                f"{measure['feature']}_q25": measure["q25"],
                f"{measure['feature']}_q75": measure["q75"],
            }
        for name in ("text_align", "text_color"):
            counts = own[name].dropna().value_counts().sort_index()
            row[name], row[f"{name}_share"] = (
                (counts.idxmax(), counts.max() / counts.sum()) if len(counts) else (None, None)
            )
        row |= _templates(
            templates.get(account_id, ()),
            consistency.get(account_id, ()),
            redesigns.get(account_id, ()),
        ) | _parts(parts.get(account_id, ()))
        rows.append({name: _plain(row[name]) for name in ACCOUNT_COLUMNS})
    return rows


def _by_account(frame: pd.DataFrame) -> dict[object, list[dict[str, Any]]]:
    """The rows of each account, in their order: each frame is read once, however many accounts and
    figures there are.
    """
    groups: dict[object, list[dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        groups.setdefault(row["account_id"], []).append(
            {str(key): value for key, value in row.items()}
        )
    return groups


def _templates(templates: _Rows, consistency: _Rows, redesigns: _Rows) -> dict[str, Any]:
    now = next((template for template in templates if template["now"]), None)
    agreement = consistency[0] if consistency else {"consistency": None, "n": 0, "since": None}
    return {
        "templates": len(templates),
        "template_now": now and now["template"],
        "template_now_share": now and now["recent_share"],
        "consistency": agreement["consistency"],
        "consistency_n": agreement["n"],
        "consistency_since": agreement["since"],
        "redesigns": [f"{redesign['at']:%Y-%m-%d}" for redesign in redesigns],
    }


def _parts(counted: _Rows) -> dict[str, Any]:
    shares = {
        kind: {part["name"]: round(part["share"], 4) for part in counted if part["kind"] == kind}
        for kind in ("part", "lead_in", "editor", "newspaper")
    }
    signs = shares["newspaper"]
    return {
        "parts": shares["part"],
        "lead_ins": shares["lead_in"],
        "editors": shares["editor"],
        "newspaper_share": max(signs.values(), default=0.0),
    }


def _plain(value: Any) -> Any:
    """A cell as plain Python; what is missing as None."""
    if value is None or isinstance(value, (str, list, dict)):
        return value
    if pd.isna(value):
        return None
    return (
        value.to_pydatetime()
        if isinstance(value, pd.Timestamp)
        else value.item()
        if hasattr(value, "item")
        else value
    )
