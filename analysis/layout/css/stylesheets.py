"""A page's own style sheets -> which rules reach which elements. Parsing is bounded and cached;
matching is lexbor's selector engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from analysis.layout.css.declarations import Declaration, parse_declarations
from analysis.layout.css.lengths import VIEWPORT, parse_length

__all__ = ["BASE_SHEET", "Rule", "match_rules", "parse_sheet", "sets_own_base"]

# WeChat's style sheet as far as it sets text; most saved pages link it instead of carrying it
BASE_SHEET = (
    ".rich_media_content"
    "{font-size:17px;line-height:1.6;letter-spacing:.034em;text-align:justify;color:rgba(0,0,0,.9)}"
)
_OWN_BASE = re.compile(r"\.rich_media_content\s*\{[^}]*font-size")
_MAX_SHEET = 2_000_000
_MAX_RULES = 20_000
_MAX_DEPTH = 6
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_MARK = re.compile(r"""[{};"']|\\.""", re.DOTALL)
_KEY = re.compile(r"([#.]?)(-?[_a-zA-Z\u0080-\uffff][-\w\u0080-\uffff]*)")
_COMBINATOR = re.compile(r"\s*[>+~]\s*|\s+")
_FUNCTION = re.compile(r":(not|is|has|where|matches|-webkit-any)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_ATTRIBUTE = re.compile(r"\[[^\]]*\]")
_LINK = re.compile(r":(?:link|any-link|-webkit-any-link)\b")
_PSEUDO_ELEMENT = re.compile(
    r"(?<!:):{1,2}(?:before|after|first-line|first-letter)\b"
    r"|(?<!:)::(?:-webkit-|selection|placeholder|marker|backdrop|file-selector-button|cue|part\(|"
    r"slotted\(|grammar-error|spelling-error|target-text|highlight\()"
)
_FEATURE = re.compile(r"\(\s*((?:min-|max-)?[a-z-]+)\s*(?::\s*([^()]+?)\s*)?\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with its block."""

    selector: str
    specificity: tuple[int, int, int]
    # what the element itself must have: "#id", ".class", "tag", or "" where that can't be told
    key: str
    declarations: tuple[Declaration, ...]


def sets_own_base(sheets: Sequence[str]) -> bool:
    """Whether the page's sheets set the article's type size themselves."""
    return any(_OWN_BASE.search(sheet) for sheet in sheets)


@lru_cache(maxsize=64)
def parse_sheet(text: str, *, quirks: bool = False) -> tuple[Rule, ...]:
    """The rules of a sheet that set anything known and apply on a screen as wide as an article, in
    their order.
    """
    cleaned = _COMMENT.sub(" ", text[:_MAX_SHEET]).replace("<!--", " ").replace("-->", " ")
    rules: list[Rule] = []
    for selectors, block in _blocks(cleaned, 0):
        declarations = parse_declarations(block, quirks=quirks)
        if declarations:
            rules += [
                Rule(selector, _specificity(selector), _key(selector), declarations)
                for selector in _split_selectors(selectors)
            ]
        if len(rules) > _MAX_RULES:
            break
    return tuple(rules)


def _blocks(text: str, depth: int) -> Iterator[tuple[str, str]]:
    """(prelude, block) of every style rule, those inside @media, @supports and @layer that hold
    included.
    """
    at = 0
    while (opened := _find(text, at, "{;")) is not None:
        prelude = text[at : opened.start()].strip()
        if opened[0] == ";":
            at = opened.end()
            continue
        end = _close(text, opened.end())
        block = text[opened.end() : end]
        at = end + 1
        if not prelude.startswith("@"):
            yield prelude, block
        elif depth < _MAX_DEPTH and _holds(prelude):
            yield from _blocks(block, depth + 1)


def _find(text: str, at: int, wanted: str) -> re.Match[str] | None:
    quote = ""
    for mark in _MARK.finditer(text, at):
        if quote:
            quote = "" if mark[0] == quote else quote
        elif mark[0] in "\"'":
            quote = mark[0]
        elif mark[0] in wanted:
            return mark
    return None


def _close(text: str, at: int) -> int:
    depth = 1
    while (mark := _find(text, at, "{}")) is not None:
        depth += 1 if mark[0] == "{" else -1
        if not depth:
            return mark.start()
        at = mark.end()
    return len(text)


def _holds(prelude: str) -> bool:
    """Whether an at-rule's block applies."""
    name, _, condition = prelude.lower()[1:].partition(" ")
    name = name.partition("(")[0]
    if name == "media":
        return any(_media_holds(query.strip()) for query in prelude[6:].lower().split(","))
    return name == "layer" or (
        name == "supports"
        and "constant(" not in condition
        and not condition.strip().startswith("not")
    )


def _media_holds(query: str) -> bool:
    negated = query.startswith("not ")
    words = re.sub(r"\([^()]*\)", " ", query.removeprefix("not ").removeprefix("only ")).split()
    holds = not words or words[0] in ("all", "screen", "and")
    for name, value in _FEATURE.findall(query):
        holds = holds and _feature_holds(name, value)
    return holds != negated


def _feature_holds(name: str, value: str) -> bool:
    bound, plain = (name[:3], name[4:]) if name.startswith(("min-", "max-")) else ("", name)
    plain = plain.removeprefix("device-")
    if plain in ("width", "height"):
        length = parse_length(value)
        px = VIEWPORT[0 if plain == "width" else 1]
        limit = length.px(16.0, 16.0, 0.0) if length is not None else -1.0
        return px >= limit if bound == "min" else px <= limit if bound == "max" else px == limit
    return (plain, value) in {
        ("orientation", "portrait"),
        ("prefers-color-scheme", "light"),
        ("hover", "hover"),
        ("pointer", "fine"),
        ("color", ""),
    }


def _split_selectors(prelude: str) -> list[str]:
    """The selectors of a list; empty where a browser would refuse one of them and with it all."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(prelude):
        depth += (char in "([") - (char in ")]")
        if char == "," and not depth:
            parts.append(prelude[start:at])
            start = at + 1
    parts = [_LINK.sub("[href]", part.strip()) for part in [*parts, prelude[start:]]]
    if not all(parts):
        return []
    real = [part for part in parts if not _PSEUDO_ELEMENT.search(part)]
    return real if all(_is_selector(part) for part in real) else []


@lru_cache(maxsize=8192)
def _is_selector(selector: str) -> bool:
    try:
        LexborHTMLParser("").css(selector)
    except (SelectolaxError, ValueError):
        return False
    return True


@lru_cache(maxsize=8192)
def _specificity(selector: str) -> tuple[int, int, int]:
    """(ids, classes, tags) as Selectors 4 counts them; :is() and :not() count as their first
    argument.
    """
    plain = _FUNCTION.sub(
        lambda m: " " if m[1] == "where" else f" {m[2].partition(',')[0]} ", selector
    )
    attributes = len(_ATTRIBUTE.findall(plain))
    plain = re.sub(r"\([^()]*\)", "", _ATTRIBUTE.sub("", plain))
    ids, classes = (
        plain.count("#"),
        plain.count(".") + attributes + len(re.findall(r":[a-z-]+", plain)),
    )
    tags = sum(part[0].isalpha() for part in _COMBINATOR.split(plain) if part)
    return ids, classes, tags


def _key(selector: str) -> str:
    last = _COMBINATOR.split(re.sub(r"\([^()]*\)|\[[^\]]*\]", "", selector).strip())[-1].partition(
        ":"
    )[0]
    keys = list(_KEY.finditer(last))
    named = [key for key in keys if key[1]] or keys
    return named[-1][0] if named and named[-1][1] else named[-1][0].lower() if named else ""


def match_rules(
    tree: LexborHTMLParser, rules: Sequence[Rule], present: frozenset[str]
) -> dict[int, tuple[int, ...]]:
    """For each element (by mem_id) the places of the rules that reach it, weakest first. `present`
    are the ids, classes and tags worth asking for.
    """
    reached: dict[int, list[int]] = {}
    for place, rule in enumerate(rules):
        if not rule.key or rule.key in present:
            for node in tree.css(rule.selector):
                reached.setdefault(node.mem_id, []).append(place)
    return {
        number: tuple(
            sorted(dict.fromkeys(places), key=lambda place: (rules[place].specificity, place))
        )
        for number, places in reached.items()
    }
