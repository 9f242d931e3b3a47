"""The chart of a dossier that no other part of a brief has: an account's articles by the needs of
readers, without the readers of a survey beside it.
"""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.brief.charts import charted
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.charts.base import draw_svg
from analysis.charts.purpose import draw_needs
from analysis.report.safe_text import clamp
from analysis.report.translation import translate, translate_phrase

__all__ = ["draw_supply"]


def draw_supply(brief: BriefSummary) -> dict[str, Markup]:
    """The chart of each account that has charts and whose purposes are enough, by account_id."""
    drawn = {}
    for index, account in enumerate(charted(brief)):
        if account.purposes and account.purposes.self_share is not None:
            drawn[account.account_id] = Markup(
                _draw(account, account.purposes.needs, f"supply{index}")
            )
    return drawn


def _draw(account: AccountSummary, needs: pd.DataFrame, name: str) -> str:
    text = translate(
        "{account}：文章按读者的五种需要分，{articles} 篇",
        account=clamp(account.account, 24),
        articles=account.purposes.articles if account.purposes else 0,
    )
    return draw_svg(
        draw_needs,
        needs.assign(demand=float("nan")),
        own=account.own,
        translate=translate_phrase,
        name=name,
        text=text,
    )
