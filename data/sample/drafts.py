"""One article before it gets its markup: its subject, its core title and its blocks, chosen by the
shape asked for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from columns import list_title
from plan import Row, sale_name
from shapes import SHAPES, Block, bind_subject, say_more, write_list, write_news
from words import SEASON, Writer

__all__ = ["Draft", "Studio", "draft"]


@dataclass
class Studio:
    """What is needed while writing one account; the writer is shared by all."""

    plan: Row
    frames: Row
    writer: Writer
    rng: random.Random
    accounts: Row
    titles: set[tuple[str, str]] = field(default_factory=set)
    last_subject: dict[str, list[str]] = field(default_factory=dict)

    def subject_pool(self, topics: Sequence[str], keys: Sequence[str], month: int) -> list[Row]:
        """Subjects by topic or key, those of other seasons left out; all how-to subjects when
        nothing is asked.
        """
        every = self.frames["subjects"].values()
        if not topics and not keys:
            chosen = [s for s in every if "ask" in s and s["topic"] != "搪瓷"]
        else:
            chosen = [s for s in every if s["topic"] in topics or s["key"] in keys]
        return [s for s in chosen if month in s.get("months", range(1, 13))]

    def choose_subject(
        self, account: Row, topics: Sequence[str], keys: Sequence[str], month: int
    ) -> Row:
        """A subject this account has not written about for a while."""
        pool = self.subject_pool(topics, keys, month)
        recent = self.last_subject.setdefault(account["key"], [])
        fresh = (
            [s for s in pool if s["key"] not in recent[-min(12, len(pool) - 1) :]]
            if len(pool) > 1
            else pool
        )
        subject: Row = self.rng.choice(fresh or pool)
        recent.append(subject["key"])
        return subject

    def fresh_title(self, account: Row, frames: Sequence[str]) -> str:
        """A core title this account has not used, if a few tries find one."""
        title = ""
        for _ in range(30):
            open_frames = [f for f in frames if self.writer.in_season(f)]
            title = self.writer.render(SEASON.sub("", self.rng.choice(open_frames)))
            if (account["key"], title) not in self.titles:
                break
        self.titles.add((account["key"], title))
        return title


@dataclass
class Draft:
    """What an article says before it gets its markup."""

    core: str
    blocks: list[Block]
    purpose: str


def draft_subject(studio: Studio, account: Row, when: datetime, spec: Row) -> Draft:
    """A how-to, test, question, story or essay on one subject."""
    writer, voice = studio.writer, studio.frames["voice"][account["voice"]]
    subject = studio.choose_subject(
        account, spec.get("topics", ()), spec.get("subjects", ()), when.month
    )
    bind_subject(writer, subject, when, voice)
    titles = [frame for kind in spec["kinds"] for frame in subject.get(kind, [])]
    core = studio.fresh_title(account, titles)
    if spec["shape"] == "qa" and spec["kinds"] == ["ask"]:
        writer.bound["ask"] = core
    blocks = SHAPES[spec["shape"]](writer, subject, voice, shop=account.get("shop", False))
    return Draft(core, blocks, spec["purpose"])


def draft_list(studio: Studio, account: Row, when: datetime, spec: Row) -> Draft:
    """A list over one or several topics; slot columns name the things in their steady title."""
    writer, shared = studio.writer, studio.frames["shared"]
    voice = studio.frames["voice"][account["voice"]]
    pool = studio.subject_pool(spec.get("topics", ()), (), when.month)
    mixed = "leads" in spec
    area = "" if mixed else shared["areas"][studio.rng.choice(pool)["topic"]]
    if spec["kinds"] == ["used"]:
        pool = [
            {"thing": name, "items": [name], "offers": {name: (low, high)}}
            for name, low, high in studio.frames["consumables"]["things"]
        ]
    near = pool if mixed else [s for s in pool if shared["areas"][s["topic"]] == area] * 3
    count = min(len(near), studio.rng.randint(3, 4) if mixed else studio.rng.randint(5, 8))
    subjects = studio.rng.sample(near, count)
    bind_subject(writer, studio.choose_subject(account, (), (), when.month), when, voice)
    writer.bound["area"] = area
    lines = {"used": shared["usedline"], "returned": shared["returnline"]}.get(spec["kinds"][0])
    core = (
        list_title(spec, subjects, studio.rng)
        if mixed
        else studio.fresh_title(account, shared["listtitle"])
    )
    core = re.sub(r"\d+(?=样)", str(count), core)
    return Draft(core, write_list(writer, subjects, lines, voice), spec["purpose"])


def draft_news(studio: Studio, account: Row, when: datetime, spec: Row) -> Draft:
    """Company news, a promotion or a notice."""
    writer, voice = studio.writer, studio.frames["voice"][account["voice"]]
    news = studio.frames["news"][studio.rng.choice(spec["news"])]
    subject = studio.choose_subject(account, (), (), when.month)
    bind_subject(writer, subject, when, voice)
    writer.bound["sale"] = sale_name(studio.plan, when.date())
    core = studio.fresh_title(account, news["titles"])
    formal = (
        writer.frames["shared"]["formal"]
        if news["purpose"] == "企业动态" and news["key"] != "history"
        else []
    )
    blocks = write_news(writer, news, formal)
    if news["key"] in ("sale", "newarrival", "live", "memberday"):
        blocks += [*say_more(writer, subject), ("p", writer.say(voice["close"]))]
    return Draft(core, blocks, spec.get("purpose") or news["purpose"])


def draft(studio: Studio, account: Row, when: datetime, spec: Row) -> Draft:
    """Write one article by its shape."""
    if spec["shape"] in ("news", "promo"):
        return draft_news(studio, account, when, spec)
    return (draft_list if spec["shape"] == "list" else draft_subject)(studio, account, when, spec)
