"""The competitor brief: summarise -> render -> save. One HTML file that asks nothing of any network and reads fully with scripts off."""

from __future__ import annotations

import base64
import hashlib
import math
import os
import re
import tempfile
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from analysis.beginnings import STEADY_RULE
from analysis.brief.drawing import MAX_CHARTED, draw_cards, draw_charts, draw_map
from analysis.brief.findings import WEEKDAYS, draw_findings
from analysis.brief.rules.compare import describe_map, tell_tiers
from analysis.brief.saying import say_on_page, tell
from analysis.brief.sections.cadence import MIN_ARTICLES, MIN_DAYS
from analysis.brief.sections.compare import BLOCKS
from analysis.brief.sections.sending import EVENT_NAMES
from analysis.brief.since_last import SinceLast
from analysis.brief.summary import BriefSummary, summarise
from analysis.brief.text import UNSAFE, clamp, safe_text
from analysis.brief.wording import language, say, speaking
from analysis.charts.cadence import FEED_CHANGES
from analysis.columns.map import UNASSIGNED
from analysis.dimensions import DIMENSIONS
from analysis.engagement import UNKNOWN_AGE
from analysis.keys import key_of
from analysis.layout_distance import CONVENTIONS
from analysis.purpose import DEMAND_SOURCE
from analysis.timing.rhythm import REGULARITY_RULES

__all__ = ["BriefError", "BriefSummary", "make_environment", "page_style", "render_brief", "save_brief", "summarise"]

_TEMPLATES = Path(__file__).parent / "templates"
_CHINESE_STRING = re.compile(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"')
_HOST = "mp.weixin.qq.com"
_ROLES = {"own": "自己", "direct": "直接对手", "adjacent": "邻近", "benchmark": "标杆"}
_KINDS = {
    "album": "合集", "marker": "标题标记", "suffix": "固定结尾", "series": "连载", "slot": "固定位置", "formula": "句式", "theme": "主题",
}  # fmt: skip
_STATUSES = {"new": "新开", "active": "在更", "paused": "停更", "ended": "已停"}
_ALIGNS = {"left": "左对齐", "right": "右对齐", "center": "居中", "justify": "两端对齐"}
_FACTS = {
    "followers": "粉丝", "menu": "菜单", "auto_reply": "自动回复", "auto-reply": "自动回复", "team": "团队", "stores": "门店数", "launch": "上线时间",
    "plan": "发文计划", "type": "类型", "verified": "认证", "note": "备注",
}  # fmt: skip


class BriefError(RuntimeError):
    """The brief can't be written where it should be; says why and what to do."""


def render_brief(brief: BriefSummary, *, since: SinceLast | None = None, lang: str = "zh") -> str:
    """The brief as one HTML page, the same bytes for the same summary; `since` is what has changed since an earlier one, `lang` one of LANGUAGES."""
    with speaking(lang):
        return _render(brief, since)


def _render(brief: BriefSummary, since: SinceLast | None) -> str:
    script = _in_language("brief.js")
    return (
        make_environment()
        .get_template("brief.html.j2")
        .render(
            brief=brief,
            since=since,
            findings=draw_findings(brief),
            enough=[account for account in brief.accounts if account.enough],
            few=[account for account in brief.accounts if not account.enough],
            charts=draw_charts(brief),
            cards=draw_cards(brief),
            blocks=BLOCKS,
            dimensions=DIMENSIONS,
            tiers=tell_tiers(brief),
            map=draw_map(brief),
            map_in_words=describe_map(brief.comparison),
            conventions=CONVENTIONS,
            regularity_rules=REGULARITY_RULES,
            demand_source=DEMAND_SOURCE,
            feed_changes=FEED_CHANGES,
            event_names=EVENT_NAMES,
            steady_rule=STEADY_RULE,
            max_charted=MAX_CHARTED,
            min_articles=MIN_ARTICLES,
            min_weeks=MIN_DAYS // 7,
            style=page_style(),
            lang=language(),
            unknown_age=UNKNOWN_AGE,
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def _in_language(name: str) -> str:
    """A style sheet or script with its Chinese strings in the language spoken: labels it writes, and labels of the templates it looks for; behind it
    what only this language needs.
    """
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    own = _TEMPLATES / f"{Path(name).stem}.{language()}{Path(name).suffix}"
    more = own.read_text(encoding="utf-8") if own.exists() else ""
    return _CHINESE_STRING.sub(lambda found: f'"{say(found[1])}"', text) + more


def save_brief(content: str | bytes, path: Path, *, force: bool = False) -> None:
    """Write a brief beside `path` and move it into place, so that no half of it is ever seen.

    Raises BriefError where there is a file already and `force` is not set, or the folder can't be written.
    """
    if path.exists() and not force:
        raise BriefError(f"{path} 已经有了：换个文件名，或加 --force 覆盖")
    aside = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            aside = Path(file.name)
            file.write(content.encode() if isinstance(content, str) else content)
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    except OSError as error:
        raise BriefError(f"写不了 {path}：{error.strerror}") from None
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _umask() -> int:
    os.umask(mask := os.umask(0o022))
    return mask


def page_style() -> Markup:
    """The style sheet of a page."""
    return Markup(_in_language("brief.css"))


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates where Python keeps what it compiles of this package: whoever can write there can write the code itself."""

    def __init__(self) -> None:
        made_by = key_of([Path(__file__).read_bytes(), jinja2.__version__])  # how they compile depends on the environment made below
        super().__init__(str(Path(__file__).parent / "__pycache__"), f"templates-{made_by}-%s.cache")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; one of a folder that can't be written is compiled again each time, which takes 0.7 s for a brief."""
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def make_environment(folder: Path | None = None) -> Environment:
    """Templates of `folder`, then the brief's: what comes from outside is escaped and cleaned, and what is not defined is an error."""
    env = Environment(
        loader=FileSystemLoader([*([folder] if folder else []), _TEMPLATES]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        bytecode_cache=_Compiled(),
    )
    env.filters |= {
        "clamp": clamp, "count": _count, "decimal": _decimal, "hundredth": lambda value: f"{value:.2f}", "percent": _percent, "day": _day, "month": lambda day: f"{day:%Y-%m}", "isolate": _isolate, "px": lambda value: f"{value:g}",
        "role": lambda role: tell(_ROLES.get(role, "")), "status": lambda status: tell(_STATUSES.get(status, "样本不足")), "kind": lambda kind: tell(_KINDS[kind]) if kind in _KINDS else kind, "align": lambda align: tell(_ALIGNS.get(align, "")),
        "fact": _fact, "weekday": lambda number: tell(WEEKDAYS[number]), "clock": _clock, "slot": lambda slot: say("{day} {hour} 点档", day=tell(WEEKDAYS[slot.weekday]), hour=slot.hour),
        "interval": _interval, "place": _place, "days": _days, "year": lambda at: f"{at:%Y}", "told": tell, "told_each": lambda text: say("；").join(tell(part) for part in text.split("；")), "unnamed": lambda name: say(name) if name == UNASSIGNED else name,
    }  # fmt: skip
    env.globals["say"], env.globals["spoken"] = say_on_page, say
    env.tests["article_url"] = is_article_url
    return env


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else safe_text(value)


def is_article_url(url: object) -> bool:
    """Whether a link may be a link: https, WeChat's article host, nothing before or behind the host."""
    if not isinstance(url, str) or UNSAFE.search(url) or re.search(r"[\s\\]", url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc == _HOST and len(url) <= 2000


def _isolate(sentence: str) -> Markup:
    """A finding's sentence with the names in it set apart as <bdi>."""
    escaped = str(escape(re.sub("[\u202a-\u202e\u2066\u2067\ud800-\udfff]", "", sentence)))
    return Markup(UNSAFE.sub("", escaped.replace("\u2068", "<bdi>").replace("\u2069", "</bdi>")))


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _decimal(value: float) -> str:
    return f"{value:,.1f}"


def _percent(value: float) -> str:
    return say("不到 1%") if 0 < value < 0.005 else f"{math.floor(value * 100 + 0.5)}%"


def _day(value: datetime | date) -> str:
    return f"{value:%Y-%m-%d}"


def _clock(hours: float) -> str:
    minutes = round(hours * 60) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(weekdays: tuple[int, ...]) -> str:
    """Weekdays in words: 每天, 周一至周五, 周二、周五."""
    if len(weekdays) == 7:
        return say("每天")
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        return say("{first}至{last}", first=tell(WEEKDAYS[weekdays[0]]), last=tell(WEEKDAYS[weekdays[-1]]))
    return say("、").join(tell(WEEKDAYS[day]) for day in weekdays)


def _interval(days: float) -> str:
    return say("每天") if days <= 1 else say("{days} 天", days=f"{days:g}")


def _fact(name: str) -> str:
    word = _FACTS.get(name, name)
    return tell(word) if word in _FACTS.values() else word


def _place(position: int) -> str:
    return say("头条") if position == 1 else say("次条") if position == 2 else say("第 {position} 条", position=position)
