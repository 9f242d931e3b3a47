"""The Jinja environment of every page: escaping, number formats as filters, words in the current
language. What a page holds is its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from analysis.columns.across.tree import UNASSIGNED
from analysis.compute.keys import key_of
from analysis.labels import format_clock
from analysis.report.phrases import PHRASES
from analysis.report.rich_text import Content, to_markup
from analysis.report.safe_text import UNSAFE, clamp, safe_text
from analysis.report.translation import language, translate, translate_on_page, translate_phrase
from analysis.report.value_formats import (
    format_count,
    format_day,
    format_decimal,
    format_hundredth,
    format_interval,
    format_percent,
    format_px,
    name_align,
    name_fact,
    name_hour_slot,
    name_role,
    name_status,
    name_weekday,
    translate_each,
)

__all__ = ["localized_asset", "make_environment", "page_style"]

_TEMPLATES = Path(__file__).parent / "templates"
_STYLES = ("page", "front")
_CHINESE_STRING = re.compile(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"')


def localized_asset(path: Path) -> str:
    """A style sheet or script with its Chinese strings in the current language, followed by
    `<stem>.<language><suffix>` where that is there.
    """
    text = path.read_text(encoding="utf-8")
    own = path.with_name(f"{path.stem}.{language()}{path.suffix}")
    addition = own.read_text(encoding="utf-8") if own.exists() else ""
    return _CHINESE_STRING.sub(lambda match: f'"{translate(match[1])}"', text) + addition


def page_style() -> Markup:
    """The style sheet of a page: what all pages share, then what parts of a brief add."""
    return Markup("".join(localized_asset(_TEMPLATES / f"{name}.css") for name in _STYLES))


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates where Python keeps what it compiles of this package: whoever can write
    there can write the code itself.
    """

    def __init__(self) -> None:
        # how they compile depends on the environment below
        compiler = key_of([Path(__file__).read_bytes(), jinja2.__version__])
        super().__init__(
            str(Path(__file__).parent / "__pycache__"), f"templates-{compiler}-%s.cache"
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
        extensions=["jinja2.ext.do"],
    )
    env.filters |= {
        "clamp": clamp,
        "count": format_count,
        "decimal": format_decimal,
        "hundredth": format_hundredth,
        "percent": format_percent,
        "day": format_day,
        "month": lambda day: f"{day:%Y-%m}",
        "isolate": _isolate,
        "px": format_px,
        "role": name_role,
        "status": name_status,
        "align": name_align,
        "fact": name_fact,
        "weekday": name_weekday,
        "clock": format_clock,
        "slot": name_hour_slot,
        "interval": format_interval,
        "rich": to_markup,
        "translated": translate_phrase,
        "translated_each": translate_each,
        "unnamed": lambda name: translate(name) if name == UNASSIGNED else name,
    }
    env.globals |= {name: _rendered(phrase) for name, phrase in PHRASES.items()}
    env.globals["_"] = translate_on_page
    return env


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else safe_text(value)


def _rendered(phrase: Callable[..., Content]) -> Callable[..., Markup]:
    return lambda *arguments: to_markup(phrase(*arguments))


def _isolate(sentence: str) -> Markup:
    """A finding's sentence with the names in it set apart as <bdi>."""
    escaped = str(escape(re.sub("[\u202a-\u202e\u2066\u2067\ud800-\udfff]", "", sentence)))
    return Markup(UNSAFE.sub("", escaped.replace("\u2068", "<bdi>").replace("\u2069", "</bdi>")))
