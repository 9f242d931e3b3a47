"""The rows of articles.jsonl: every push of every account filled from columns and noise, with
posts, reposts and accidents.
"""

from __future__ import annotations

import html
import random
import string
from collections.abc import Sequence
from datetime import date

from accounts import TOKEN_LETTERS, picture_address, prepare_accounts
from bodies import Page, draw_body
from columns import Columns, column_title
from drafts import Studio, draft
from noise import noise_spec
from plan import Row
from schedule import Push, schedule_pushes
from shapes import Block, bind_subject
from words import SENTENCE_END, Writer, split_sentences

__all__ = ["generate"]


def generate(plan: Row, frames: Row) -> tuple[Row, list[Row]]:
    """Accounts by key and all articles sorted by account, time and position."""
    rng = random.Random(plan["seed"])
    accounts, writer = prepare_accounts(plan, rng), Writer(frames, rng)
    rows: list[Row] = []
    for n, key in enumerate(sorted(accounts)):
        # a stream of its own for each account: a change to one leaves the sending times of the
        # others alone
        writer.rng = random.Random(f"{plan['seed']}-{key}-{n}-words")
        studio = Studio(plan, frames, writer, random.Random(f"{plan['seed']}-{key}"), accounts)
        rows += write_account(studio, accounts[key])
    return accounts, sorted(rows, key=lambda r: (r["account"], r["published_at"], r["idx"]))


def write_account(studio: Studio, account: Row) -> list[Row]:
    """All articles of one account, in order."""
    rng = studio.rng
    columns, mid, rows = (
        Columns(account.get("columns", []), rng),
        rng.randint(2247483700, 2247489999),
        list[Row](),
    )
    for push in schedule_pushes(studio.plan, account, rng):
        mid += rng.randint(1, 9)
        taken: set[str] = set()
        for idx in range(1, push.count + 1):
            row = base_row(studio, account, push, mid, idx)
            spec = None if push.extra else columns.pick(push.when.date(), idx, taken)
            if spec:
                taken.add(spec["key"])
                fill_article(
                    studio, account, row, push, spec, columns.publish(spec, push.when.date()), rows
                )
            else:
                write_noise(studio, account, row, push, rows)
            spoil(studio, account, row, rows)
            rows.append(row)
    return rows


def base_row(studio: Studio, account: Row, push: Push, mid: int, idx: int) -> Row:
    """The fields every article has."""
    rng = studio.rng
    return {
        "account": account["key"],
        "mid": str(mid),
        "idx": idx,
        "token": "".join(rng.choices(TOKEN_LETTERS, k=22)),
        "sn": f"{rng.getrandbits(128):032x}",
        "title": "",
        "digest": "",
        "author": rng.choice(account["authors"]),
        "published_at": int(push.when.timestamp()),
        "kind": "article",
        "original": None,
        "albums": [],
        "status": "fetched",
        "cover": picture_address(account, rng).replace("/640?", "/0?"),
        "template": None,
        "column": None,
        "purpose": None,
        "body": "",
    }


def write_noise(studio: Studio, account: Row, row: Row, push: Push, rows: list[Row]) -> None:
    """An article in no column: usually an article, now and then a short post or a repost."""
    rng = studio.rng
    if rng.random() < 0.045 and account["key"] not in ("banyan", "zaobian", "hongya"):
        make_short_post(studio, account, row, push, rng.choice(["image", "image", "text", "video"]))
        return
    kind, spec = noise_spec(studio.plan, account, push.when.date(), rng, extra=push.extra)
    fill_article(studio, account, row, push, spec, 0, rows)
    if kind == "repost":
        row |= {
            "kind": "repost",
            "original": False,
            "source_account": rng.choice(studio.frames["shared"]["reposters"]),
        }


def fill_article(
    studio: Studio, account: Row, row: Row, push: Push, spec: Row, no: int, earlier: list[Row]
) -> None:
    """Write title, body and all that follows from the column into the row."""
    rng, day = studio.rng, push.when.date()
    text = draft(studio, account, push.when, spec)
    set_title(studio, account, row, day, spec, text.core, no)
    template = choose_template(account, day, rng)
    row |= {"digest": make_digest(text.blocks, rng), "purpose": text.purpose, "template": template}
    if spec["shape"] not in ("news", "promo"):
        row["original"] = rng.random() < account["original"]
    linking = len(earlier) > 8 and rng.random() < 0.5 and account["key"] != "hongya"
    linked = rng.sample([a for a in earlier[-40:] if a["title"]], 3) if linking else []
    page = Page(studio.plan["templates"][template], account, rng)
    row["body"] = draw_body(
        page, text.blocks, studio.frames["voice"][account["voice"]], studio.accounts, linked
    )
    if account.get("shop") and rng.random() < 0.5:
        row["source_url"] = f"https://shop.{account['alias']}.example/i/{rng.randint(10000, 99999)}"
    if push.when.date().isoformat() >= "2025-05-01" or rng.random() < 0.9:
        row["ip_place"] = account["province"]


def set_title(
    studio: Studio, account: Row, row: Row, day: date, spec: Row, core: str, no: int
) -> None:
    """The title, marked by its column; the column and its album."""
    row["title"], row["marked"] = core, None
    if "key" in spec:
        row["column"], row["marked"] = spec["key"], True
        if "leads" not in spec:
            row["title"], row["marked"] = column_title(spec, day, core, no, studio.rng)
        row["albums"] = [account["album_ids"][spec["album"]]] if "album" in spec else []


def choose_template(account: Row, day: date, rng: random.Random) -> str:
    """The layout template of an article: the account's own, a new one after a redesign, now and
    then a stray.
    """
    if rng.random() < account["stray"]:
        return "plain"
    change = account.get("redesign")
    if change and day.isoformat() >= change["date"]:
        return str(change["to"])
    names = account["templates"]
    return str(rng.choices(names, account.get("template_share", [1] * len(names)))[0])


def make_digest(blocks: Sequence[Block], rng: random.Random) -> str:
    """The digest: usually the opening sentence, cut as WeChat cuts it; sometimes left empty."""
    text = next((text for kind, text in blocks if kind == "p"), "")
    return "" if rng.random() < 0.12 else SENTENCE_END.split(text)[0][:110]


def make_short_post(studio: Studio, account: Row, row: Row, push: Push, kind: str) -> None:
    """An image, text or video post: little text, no template."""
    rng, writer = studio.rng, studio.writer
    subject = studio.choose_subject(account, (), (), push.when.month)
    bind_subject(writer, subject, push.when, studio.frames["voice"][account["voice"]])
    text = writer.say(studio.frames["shared"]["textpost" if kind == "text" else "imagecap"])
    title = "" if kind == "text" else split_sentences(text)[0]
    row |= {"kind": kind, "body": text, "purpose": "用户互动", "title": title}
    if kind == "image":
        sizes = [
            rng.choice([(1080, 1440), (1242, 1660), (1080, 1080)]) for _ in range(rng.randint(3, 9))
        ]
        row["pictures"] = [
            {"url": picture_address(account, rng), "width": w, "height": h} for w, h in sizes
        ]
    if kind == "video":
        vid = "wxv_" + "".join(rng.choices(string.digits, k=19))
        row["body"] = (
            '<section><iframe class="video_iframe rich_pages" data-vidtype="2" '
            'data-ratio="1.7777777777777777" '
            f'data-w="1920" data-mpvid="{vid}"></iframe></'
            f"section><p>{html.escape(text, quote=False)}</p>"
        )


def spoil(studio: Studio, account: Row, row: Row, earlier: Sequence[Row]) -> None:
    """Real-life accidents: an article sent again, one deleted by its author, one taken down."""
    rng = studio.rng
    lasting = ("干货教程", "情感故事", "人物访谈")
    old = [
        a
        for a in earlier
        if a["column"] is None
        and a["kind"] == "article"
        and a["status"] == "fetched"
        and a["purpose"] in lasting
        and row["published_at"] - a["published_at"] > 50 * 86400
    ]
    if row["column"] is None and row["kind"] == "article" and len(old) > 10 and rng.random() < 0.02:
        again = rng.choice(old)
        row |= {k: again[k] for k in ("title", "digest", "body", "template", "purpose")}
    if rng.random() < 0.008 and account["key"] != "banyan":
        row |= {
            "status": rng.choice(["deleted", "deleted", "violation"]),
            "body": "",
            "digest": "",
            "template": None,
        }
