"""What an article outside all content columns is about: its kind by the account's shares, more
promotion before a sale.
"""

from __future__ import annotations

import random
from datetime import date

from plan import Row, running_sale

__all__ = ["noise_spec"]

HOWTO = ("ask", "tip", "pick")
# kind -> shape, kinds of title, purpose
TOLD: dict[str, tuple[str, tuple[str, ...], str]] = {
    "howto": ("howto", HOWTO, "干货教程"),
    "kitchen": ("howto", HOWTO, "干货教程"),
    "renting": ("howto", HOWTO, "干货教程"),
    "repost": ("howto", HOWTO, "干货教程"),
    "story": ("tale", ("tale",), "情感故事"),
    "list": ("list", ("list",), "推广营销"),
    "plant": ("story", ("titles",), "企业动态"),
    "street": ("story", ("titles",), "人物访谈"),
    "craft": ("story", ("titles",), "人物访谈"),
    "home": ("story", ("titles",), "人物访谈"),
    "essay": ("essay", ("titles",), "情感故事"),
}
SUBJECTS_OF = {
    "plant": ("plantvisit",),
    "street": ("street",),
    "craft": ("craft",),
    "home": ("home",),
    "essay": ("night", "night2", "night3", "night4", "night5"),
}
TOPICS_OF = {"kitchen": ("锅具", "刀具", "餐具", "小家电"), "renting": ("租房", "搬家")}
# kind -> keys of news frames, which say their purpose themselves
NEWS_OF = {
    "promo": ("sale", "newarrival", "store"),
    "live": ("live",),
    "notice": ("delivery", "lottery", "lottery", "recall"),
    "recruit": ("recruit",),
    "news": (
        "meeting",
        "award",
        "anniv",
        "safety",
        "union",
        "union_cool",
        "visit",
        "train",
        "contest",
        "prod",
    ),
}


def noise_spec(
    plan: Row, account: Row, day: date, rng: random.Random, *, extra: bool
) -> tuple[str, Row]:
    """A kind and what to write for it, as a column would say it; `extra` pushes of shops are always
    promotion.
    """
    shares = account["noise"]
    kind = rng.choices(sorted(shares), [shares[k] for k in sorted(shares)])[0]
    selling = running_sale(plan, day) is not None
    if account.get("shop") and (extra or (selling and rng.random() < 0.5)):
        kind = "promo"
    if kind in NEWS_OF:
        return kind, {"shape": "news", "news": news_keys(kind, account, selling=selling)}
    shape, kinds, purpose = TOLD[kind]
    return kind, {
        "shape": shape,
        "kinds": kinds,
        "purpose": purpose,
        "topics": TOPICS_OF.get(kind, ()),
        "subjects": SUBJECTS_OF.get(kind, ()),
    }


def news_keys(kind: str, account: Row, *, selling: bool) -> tuple[str, ...]:
    """The news frames open to an account: only one brand has stores, only shops have parcels and
    lotteries.
    """
    if kind == "promo" and selling:
        return ("sale",)
    if kind == "notice" and not account.get("shop"):
        return ("notice", "notice_fake") if account["key"] == "hongya" else ("newarrival",)
    return tuple(key for key in NEWS_OF[kind] if key != "store" or account["brand"] == "tangyu")
