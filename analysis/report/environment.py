"""The Jinja environment of every page: escaping, number formats as filters, words in the current
language. What a page holds is its own.
"""

from __future__ import annotations

import math
import re
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

from analysis.columns.tree import UNASSIGNED
from analysis.compute.keys import key_of
from analysis.labels import (
    ALIGN_NAMES,
    COLUMN_STATUS_NAMES,
    EVIDENCE_NAMES,
    ROLE_NAMES,
    WEEKDAYS,
    format_clock,
)
from analysis.report.safe_text import UNSAFE, clamp, safe_text
from analysis.report.translation import translate_on_page, translate_phrase
from analysis.report.wording import language, translate

__all__ = ["is_article_url", "localized_asset", "make_environment", "page_style"]

_TEMPLATES = Path(__file__).parent / "templates"
_CHINESE_STRING = re.compile(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"')
_HOST = "mp.weixin.qq.com"
_FACTS = {
    "followers": "粉丝",
    "menu": "菜单",
    "auto_reply": "自动回复",
    "auto-reply": "自动回复",
    "team": "团队",
    "stores": "门店数",
    "launch": "上线时间",
    "plan": "发文计划",
    "type": "类型",
    "verified": "认证",
    "note": "备注",
}


def localized_asset(path: Path) -> str:
    """A style sheet or script with its Chinese strings in the current language, followed by
    `<stem>.<language><suffix>` where that is there.
    """
    text = path.read_text(encoding="utf-8")
    own = path.with_name(f"{path.stem}.{language()}{path.suffix}")
    addition = own.read_text(encoding="utf-8") if own.exists() else ""
    return _CHINESE_STRING.sub(lambda match: f'"{translate(match[1])}"', text) + addition


def page_style() -> Markup:
    """The style sheet of a page."""
    return Markup(localized_asset(_TEMPLATES / "page.css"))


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates where Python keeps what it compiles of this package: whoever can write
    there can write the code itself.
    """

    def __init__(self) -> None:
        made_by = key_of(
            [Path(__file__).read_bytes(), jinja2.__version__]
        )  # how they compile depends on the environment made below
        super().__init__(
            str(Path(__file__).parent / "__pycache__"), f"templates-{made_by}-%s.cache"
        )

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; one of a folder that can't be written is compiled again each time, which
        takes 0.7 s for a brief.
        """
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def make_environment(folder: Path | None = None) -> Environment:
    """Templates of `folder`, then the shared ones: what comes from outside is escaped and cleaned,
    and what is not defined is an error.
    """
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
        "clamp": clamp,
        "count": _count,
        "decimal": _decimal,
        "hundredth": lambda value: f"{value:.2f}",
        "percent": _percent,
        "day": _day,
        "month": lambda day: f"{day:%Y-%m}",
        "isolate": _isolate,
        "px": lambda value: f"{value:g}",
        "role": lambda role: translate_phrase(ROLE_NAMES.get(role, "")),
        "status": lambda status: translate_phrase(COLUMN_STATUS_NAMES.get(status, "样本不足")),
        "kind": lambda kind: (
            translate_phrase(EVIDENCE_NAMES[kind]) if kind in EVIDENCE_NAMES else kind
        ),
        "align": lambda align: translate_phrase(ALIGN_NAMES.get(align, "")),
        "fact": _fact,
        "weekday": lambda number: translate_phrase(WEEKDAYS[number]),
        "clock": format_clock,
        "slot": lambda slot: translate(
            "{day} {hour} 点档", day=translate_phrase(WEEKDAYS[slot.weekday]), hour=slot.hour
        ),
        "interval": _interval,
        "place": _place,
        "days": _days,
        "year": lambda at: f"{at:%Y}",
        "told": translate_phrase,
        "told_each": lambda text: translate("；").join(
            translate_phrase(part) for part in text.split("；")
        ),
        "unnamed": lambda name: translate(name) if name == UNASSIGNED else name,
    }
    env.globals["say"], env.globals["spoken"] = translate_on_page, translate
    env.tests["article_url"] = is_article_url
    return env


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else safe_text(value)


def is_article_url(url: object) -> bool:
    """Whether a link may be a link: https, WeChat's article host, nothing before or behind the
    host.
    """
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
    return translate("不到 1%") if 0 < value < 0.005 else f"{math.floor(value * 100 + 0.5)}%"


def _day(value: datetime | date) -> str:
    return f"{value:%Y-%m-%d}"


def _days(weekdays: tuple[int, ...]) -> str:
    """Weekdays in words: 每天, 周一至周五, 周二、周五."""
    if len(weekdays) == 7:
        return translate("每天")
    if len(weekdays) > 2 and weekdays[-1] - weekdays[0] == len(weekdays) - 1:
        return translate(
            "{first}至{last}",
            first=translate_phrase(WEEKDAYS[weekdays[0]]),
            last=translate_phrase(WEEKDAYS[weekdays[-1]]),
        )
    return translate("、").join(translate_phrase(WEEKDAYS[day]) for day in weekdays)


def _interval(days: float) -> str:
    return translate("每天") if days <= 1 else translate("{days} 天", days=f"{days:g}")


def _fact(name: str) -> str:
    word = _FACTS.get(name, name)
    return translate_phrase(word) if word in _FACTS.values() else word


def _place(position: int) -> str:
    return (
        translate("头条")
        if position == 1
        else translate("次条")
        if position == 2
        else translate("第 {position} 条", position=position)
    )
