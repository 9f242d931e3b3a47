"""The accounts of the plan with their invented public ids and picture addresses, and what
accounts.json says of them.
"""

from __future__ import annotations

import base64
import random
import string

from plan import Row

__all__ = ["TOKEN_LETTERS", "prepare_accounts", "picture_address", "describe_accounts"]

PICTURE_LETTERS = string.ascii_letters + string.digits
TOKEN_LETTERS = PICTURE_LETTERS + "-_"


def prepare_accounts(plan: Row, rng: random.Random) -> Row:
    """The plan's accounts by key, with their public ids, picture keys and album ids."""
    accounts: Row = {}
    for spec in plan["accounts"]:
        names = sorted({c["album"] for c in spec.get("columns", []) if "album" in c})
        albums = {
            name: str(rng.randint(2_100_000_000_000_000_000, 3_990_000_000_000_000_000))
            for name in names
        }
        accounts[spec["key"]] = {
            **spec,
            "biz": base64.b64encode(spec["number"].encode()).decode(),
            "gh_id": "gh_" + spec["gh"],
            "picture_key": "".join(rng.choices(PICTURE_LETTERS, k=28)),
            "album_ids": albums,
        }
    return accounts


def picture_address(account: Row, rng: random.Random) -> str:
    """An invented mmbiz address: the account's own start, a random end."""
    tail = "".join(rng.choices(PICTURE_LETTERS, k=12))
    return f"https://mmbiz.qpic.cn/sz_mmbiz_jpg/{account['picture_key']}{tail}/640?wx_fmt=jpeg"


def describe_accounts(accounts: Row, brands: Row) -> list[Row]:
    """accounts.json: what a collector would know of each account, and the facts a
    user would tell.
    """
    out: list[Row] = []
    for key in sorted(accounts):
        a = accounts[key]
        numbered = {
            c["album"]: bool(c.get("numbered") or c["evidence"] == "series")
            for c in a.get("columns", [])
            if "album" in c
        }
        albums = [
            {"id": i, "title": t, "numbered": numbered[t]}
            for t, i in sorted(a["album_ids"].items())
        ]
        fields = ("key", "name", "biz", "gh_id", "alias", "intro", "subject", "type", "role")
        out.append(
            {
                **{f: a[f] for f in fields},
                "brand": brands[a["brand"]],
                "albums": albums,
                "facts": a.get("facts", {}),
            }
        )
    return out
