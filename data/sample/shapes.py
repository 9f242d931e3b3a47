"""What each shape of article says, block by block: how-to, test, question, story, essay, list,
news. Plain text; markup is bodies.py's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from plan import Row
from words import Writer

__all__ = ["Block", "bind_subject", "say_more", "SHAPES", "write_list", "write_news"]

Block = tuple[str, str]  # p, h, quote, offer or img, and its text


def draw_price(subject: Row, item: str, rng: random.Random) -> int:
    """A price in the item's range, ending in 9 (or 4 when small); low ones are more frequent."""
    low, high = subject["offers"][item][:2]
    price = int(low * (high / low) ** rng.random())
    return price // 10 * 10 + 9 if price >= 30 else price // 5 * 5 + 4


def bind_subject(writer: Writer, subject: Row, when: datetime, voice: Row) -> None:
    """Bind the words one article keeps: the thing, the item and its price, the voice's own words, a
    bundle row.
    """
    rng = writer.rng
    items = rng.sample(subject["items"], min(3, len(subject["items"])))
    price = draw_price(subject, items[0], rng)
    names = {k: voice[k] for k in ("we", "reader", "inbox", "lab")}
    bound: Row = {
        "tester": rng.choice(voice.get("testers", ["同事", "隔壁组的同事", "一位朋友"])),
        "thing": subject["thing"],
        "item": items[0],
        "items": "、".join(items),
        "price": price,
        "lo": max(9, price // 20 * 10 - 1),
        "hi": price + rng.randint(2, 9) * 20,
        **names,
    }
    if "bundle" in subject:
        bound[subject["bundle"]] = rng.choice(writer.frames["bundles"][subject["bundle"]])
    if "parts" in subject:
        parts = writer.frames["parts"][subject["parts"]]
        bound[subject["parts"]] = {name: rng.choice(words) for name, words in parts.items()}
    writer.begin(when, bound)


def join_sentences(sentences: Sequence[str], rng: random.Random) -> list[Block]:
    """Sentences as one or two paragraphs, in their order."""
    if len(sentences) > 2 and rng.random() < 0.6:
        cut = rng.randint(1, len(sentences) - 1)
        return [("p", "".join(sentences[:cut])), ("p", "".join(sentences[cut:]))]
    return [("p", "".join(sentences))] if sentences else []


def write_point(writer: Writer, point: Row) -> list[Block]:
    """One section: its heading, then up to four of its sentences in the order they were written."""
    rng = writer.rng
    open_sentences = [s for s in point["s"] if writer.in_season(s) and s not in writer.spent]
    count = min(len(open_sentences), rng.choice([3, 4, 4]))
    chosen = sorted(rng.sample(range(len(open_sentences)), count))
    writer.spent.update(open_sentences[i] for i in chosen)
    sentences = [writer.fill(open_sentences[i], fuller=0.62) for i in chosen]
    blocks = [
        ("h", writer.fill(writer.draw(point["h"]) or point["h"][0])),
        *join_sentences(sentences, rng),
    ]
    return blocks + ([("img", "")] if rng.random() < 0.55 else [])


def pick_points(writer: Writer, subject: Row, count: int) -> list[Row]:
    """Some of a subject's sections, mostly in the order they were written."""
    points: list[Row] = subject["points"]
    chosen = writer.rng.sample(range(len(points)), min(count, len(points)))
    return [points[i] for i in (chosen if writer.rng.random() < 0.3 else sorted(chosen))]


def say_more(writer: Writer, subject: Row) -> list[Block]:
    """One of the subject's free-standing paragraphs."""
    frame = writer.draw(subject.get("more", []))
    text = writer.fill(frame, fuller=0.3) if frame else ""
    return [("p", text)] if text else []


def write_aside(writer: Writer, subject: Row) -> list[Block]:
    """A few more sections on a neighbouring thing of the same topic, which make a long article."""
    near = [
        s
        for s in writer.frames["subjects"].values()
        if s["topic"] == subject["topic"] and s is not subject
    ]
    near = [s for s in near if writer.month in s.get("months", range(1, 13))]
    if not near:
        return []
    other, bound = writer.rng.choice(near), dict(writer.bound)
    writer.bound.update(thing=other["thing"], item=writer.rng.choice(other["items"]))
    blocks: list[Block] = [
        ("h", writer.rng.choice(["顺便说说", "再说说", "还有", "连带着说"]) + other["thing"])
    ]
    for point in pick_points(writer, other, writer.rng.choice([1, 2, 3])):
        blocks += [block for block in write_point(writer, point) if block[0] != "h"] + say_more(
            writer, other
        )
    writer.bound = bound
    return blocks


def write_comments(writer: Writer) -> list[Block]:
    """Now and then a few readers' comments on the last issue."""
    if writer.rng.random() > 0.28:
        return []
    texts = [
        writer.say(writer.frames["shared"]["comments"]) for _ in range(writer.rng.randint(2, 4))
    ]
    return [
        ("h", writer.rng.choice(["上期留言", "留言里的话", "你们说"])),
        *(("p", text) for text in texts),
    ]


def say_item(writer: Writer, subject: Row, item: str) -> str:
    """What is known of one item, as a sentence."""
    line = subject["offers"][item][2]
    return writer.fill(line + "。", fuller=0.5) if line else writer.say(subject["line"])


def write_howto(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """Hook, sections, a customer's story between them, perhaps an offer, a goodbye."""
    rng, shared = writer.rng, writer.frames["shared"]
    opening = writer.say(subject["hook"]) + (
        writer.say(voice["bridge"]) if rng.random() < 0.6 else ""
    )
    sections = [
        write_point(writer, p) for p in pick_points(writer, subject, rng.choice([2, 3, 3, 4, 4, 5]))
    ]
    sections.insert(rng.randint(1, len(sections)), [("p", writer.say(subject["story"]))])
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        sections.insert(rng.randint(0, len(sections)), say_more(writer, subject))
    if rng.random() < voice.get("asides", 0.3):
        sections.append(write_aside(writer, subject))
    blocks = [("p", opening), ("img", ""), *(block for section in sections for block in section)]
    if shop and rng.random() < 0.45:
        blocks.append(("offer", writer.say(shared["offer"])))
    return [*blocks, ("p", writer.say(voice["close"])), *write_comments(writer)]


def write_tale(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """A small story first, then what can be learnt from it."""
    del shop
    blocks = [("p", writer.say(subject["story"])), ("img", ""), ("p", writer.say(subject["hook"]))]
    for point in pick_points(writer, subject, 2):
        blocks += say_more(writer, subject) + write_point(writer, point)
    return [*blocks, ("p", writer.say(subject["story"])), ("p", writer.say(voice["close"]))]


def write_test(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """Several items side by side: what was found for each, one section on why, the one we would
    keep.
    """
    shared = writer.frames["shared"]
    blocks = [("p", writer.say(subject["hook"]) + writer.say(voice["bridge"])), ("img", "")]
    blocks += [("p", writer.say(shared["testopen"])), ("h", writer.say(shared["testh"]))]
    for item in writer.bound["items"].split("、"):
        first = item == writer.bound["item"]
        writer.bound["paid"] = (
            writer.bound["price"] if first else draw_price(subject, item, writer.rng)
        )
        facts = writer.fill(writer.rng.choice(shared["sample"]))
        found = say_item(writer, subject, item) + writer.say(shared["verdict"])
        blocks += [("p", f"{item}（{facts}）：{found}")]
    for point in pick_points(writer, subject, writer.rng.choice([1, 2, 2])):
        blocks += write_point(writer, point) + say_more(writer, subject)
    blocks += [("h", "怎么选"), ("p", writer.say(shared["testend"]))]
    return [
        *blocks,
        *([("offer", writer.say(shared["offer"]))] if shop else []),
        ("p", writer.say(voice["close"])),
    ]


def write_qa(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """A reader's question, an answer in one or two sections."""
    shared = writer.frames["shared"]
    writer.bound["ask"] = writer.bound.get("ask") or writer.say(subject["ask"])
    blocks = [("p", writer.say(shared["qopen"])), ("quote", writer.say(shared["qtext"]))]
    blocks += [("p", writer.say(shared["qans"]) + writer.say(voice["bridge"]))]
    for point in pick_points(writer, subject, writer.rng.choice([2, 2, 3])):
        blocks += write_point(writer, point)
    blocks += [*say_more(writer, subject), ("p", writer.say(subject["story"]))]
    if shop and writer.rng.random() < 0.3:
        blocks.append(("offer", writer.say(shared["offer"])))
    return [*blocks, ("p", writer.say(voice["close"]))]


def write_story(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """A visit or a portrait: scene, sections, a closing scene."""
    del shop
    rng = writer.rng
    opening = writer.say(subject["hook"])
    bridge = writer.say(voice.get("story_bridge") or voice["bridge"]) if rng.random() < 0.7 else ""
    blocks = [("img", ""), ("p", opening), ("p", bridge)]
    for point in pick_points(writer, subject, rng.choice([3, 3, 4])):
        blocks += write_point(writer, point) + (
            say_more(writer, subject) if rng.random() < 0.5 else []
        )
    close = writer.say(voice.get("story_close") or voice["close"])
    return [*blocks, ("p", writer.say(subject["story"])), ("p", close)]


def write_essay(writer: Writer, subject: Row, voice: Row, *, shop: bool) -> list[Block]:
    """An essay without headings."""
    return [b for b in write_story(writer, subject, voice, shop=shop) if b[0] != "h"]


SHAPES = {
    "howto": write_howto,
    "offer": write_howto,
    "test": write_test,
    "qa": write_qa,
    "story": write_story,
    "essay": write_essay,
    "tale": write_tale,
}


def write_list(
    writer: Writer, subjects: Sequence[Row], lines: Sequence[str] | None, voice: Row
) -> list[Block]:
    """A list over several subjects: one item, one price, one or two sentences each."""
    shared = writer.frames["shared"]
    blocks, named = [("p", writer.say(shared["listopen"])), ("img", "")], set[str]()
    for subject in subjects:
        item = writer.rng.choice(
            [i for i in subject["items"] if i not in named] or subject["items"]
        )
        named.add(item)
        writer.bound.update(thing=subject["thing"], item=item)
        price = draw_price(subject, item, writer.rng)
        text = writer.say(lines) if lines else say_item(writer, subject, item)
        if not lines:
            frame = writer.draw(writer.rng.choice(subject["points"])["s"])
            text += writer.fill(frame, fuller=0.6) if frame else ""
        blocks += [("h", f"{item}　{price}元"), ("p", text)]
        blocks += [("img", "")] if writer.rng.random() < 0.5 else []
    return [*blocks, ("p", writer.say(shared["listend"])), ("p", writer.say(voice["close"]))]


def write_news(writer: Writer, news: Row, formal: Sequence[str]) -> list[Block]:
    """Company news or a promotion: its paragraphs in order, an image or a heading between some of
    them.
    """
    rng = writer.rng
    paragraphs = [p for p in news["paras"] if writer.in_season(p)]
    fuller = 0.5 if news["purpose"] in ("企业动态", "人物访谈") else 0.0
    for frame in rng.sample(formal, rng.randint(3, 5)) if formal else []:
        paragraphs.insert(rng.randint(len(paragraphs) // 2, len(paragraphs)), frame)
    heads = list(news.get("heads", [])) if rng.random() < 0.5 else []
    blocks: list[Block] = []
    for i, frame in enumerate(paragraphs):
        if heads and i % 2 == 1:
            blocks.append(("h", heads.pop(0)))
        blocks.append(("p", writer.fill(frame, fuller=fuller)))
        blocks += [("img", "")] if rng.random() < 0.4 else []
    return blocks
