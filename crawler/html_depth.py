"""How deep markup nests, told before it is parsed: building a tree of unclosed blocks takes
quadratic time, 40,000 of them 6 seconds. Pure.
"""

from __future__ import annotations

import re
from typing import AnyStr

__all__ = ["DEEPEST", "deep_at", "shallow"]

DEEPEST = 2000  # real pages nest 153 deep, and browsers stop at 512
_FEW = 8000  # tags that are read in no time however they nest; the largest real page has 5,435
_TAG = (
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|"
    r"dd|tr|td|th|tbody|thead|tfoot|option|optgroup|html|head|body)\b)[a-zA-Z]"
)
_ANY = (re.compile(r"<[^<>]*>"), re.compile(rb"<[^<>]*>"))
_TAGS = (re.compile(_TAG, re.IGNORECASE), re.compile(_TAG.encode(), re.IGNORECASE))


def shallow(markup: AnyStr) -> AnyStr:
    """Markup that is safe to parse: from where tags nest deeper than 2,000 only its text, without
    tags.
    """
    at = deep_at(markup)
    if at is None:
        return markup
    return markup[:at] + (
        _ANY[0].sub("", markup[at:]) if isinstance(markup, str) else _ANY[1].sub(b"", markup[at:])
    )


def deep_at(markup: AnyStr) -> int | None:
    """Where tags first nest deeper than 2,000; None where they never do.

    Tags without content, and those that close themselves, don't count.
    """
    if isinstance(markup, str):
        few, tags = markup.count("<") <= _FEW, _TAGS[0].finditer(markup)
    else:
        few, tags = markup.count(b"<") <= _FEW, _TAGS[1].finditer(markup)
    depth = 0
    for tag in () if few else tags:
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > DEEPEST:
            return tag.start()
    return None
