"""The competitor brief: rendered as one HTML file that asks nothing of any network and reads fully
with scripts off.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from markupsafe import Markup

from analysis.brief.changes import SinceLast
from analysis.brief.charts import draw_cards, draw_charts, draw_map, draw_portraits
from analysis.brief.findings import draw_findings
from analysis.brief.front.build import build_front
from analysis.brief.front.foot import describe_sample, tell_since
from analysis.brief.front.records import rivals_of
from analysis.brief.rules.compare import describe_map, describe_roles
from analysis.brief.sections.cadence import MIN_DAYS
from analysis.brief.summary import BriefSummary
from analysis.brief.tables.collect import tabulate_brief
from analysis.cadence.regularity import REGULARITY_RULES
from analysis.charts.cadence import FEED_CHANGES
from analysis.content.audience import DEMAND_SOURCE
from analysis.engagement.counts import UNKNOWN_AGE
from analysis.evidence import MIN_ARTICLES
from analysis.layout.conventions import CONVENTIONS
from analysis.peers.dimensions import DIMENSIONS
from analysis.peers.history.steadiness import STEADY_RULE
from analysis.report.environment import localized_asset, make_environment, page_style
from analysis.report.translation import language, using_language
from crawler.errors import DuibiaoError

__all__ = ["BriefError", "render_brief"]

_TEMPLATES = Path(__file__).parent / "templates"
_WHO_SHOWN = 6  # lines of accounts on the one page; the rest are folded


class BriefError(DuibiaoError, RuntimeError):
    """The brief can't be made as asked; says why and what to do."""


def render_brief(brief: BriefSummary, *, since: SinceLast | None = None, lang: str = "zh") -> str:
    """The brief as one HTML page, the same bytes for the same summary; `since` is what has changed
    since an earlier one, `lang` one of LANGUAGES.
    """
    with using_language(lang):
        return _render(brief, since)


def _render(brief: BriefSummary, since: SinceLast | None) -> str:
    script = localized_asset(_TEMPLATES / "brief.js")
    return (
        make_environment(_TEMPLATES)
        .get_template("brief.html.j2")
        .render(
            brief=brief,
            since=since,
            front=build_front(brief),
            most_who=_WHO_SHOWN,
            portraits=draw_portraits(brief),
            rivals=rivals_of(brief),
            foot=describe_sample(brief),
            news_since=tell_since(since) if since else (),
            findings=draw_findings(brief),
            enough=[account for account in brief.accounts if account.enough],
            few=[account for account in brief.accounts if not account.enough],
            charts=draw_charts(brief),
            cards=draw_cards(brief),
            tables=tabulate_brief(brief, since=since),
            dimensions=DIMENSIONS,
            tiers=describe_roles(brief),
            map=draw_map(brief),
            map_in_words=describe_map(brief.comparison),
            conventions=CONVENTIONS,
            regularity_rules=REGULARITY_RULES,
            demand_source=DEMAND_SOURCE,
            feed_changes=FEED_CHANGES,
            steady_rule=STEADY_RULE,
            min_articles=MIN_ARTICLES,
            min_weeks=MIN_DAYS // 7,
            style=page_style(),
            lang=language(),
            unknown_age=UNKNOWN_AGE,
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )
