"""What each article is for (内容目的), and two readings of it: what readers follow accounts for,
and talking about oneself.

Eleven purposes are weighed by a model trained on titles; for the other four (企业动态, 情感故事,
娱乐消遣, 用户互动) only the lists of words speak. What nothing speaks for is 不确定, and stays in
every total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compute.cache import cached_by_account, cached_by_article
from analysis.content.purpose_model import Model, load_model
from analysis.evidence import MIN_ARTICLES
from analysis.frames import TIME, check_frame
from analysis.text.lexicon import Hit, Lexicon, Rule, shipped_rules
from analysis.text.normalize import normalize_title

__all__ = [
    "ASSIGNED",
    "MIX",
    "PURPOSES",
    "UNSURE",
    "assign_purposes",
    "count_purposes",
    "decide_purposes",
    "read_purposes",
    "weigh_habits",
]

UNSURE = "不确定"
PURPOSES = (
    "资讯汇总",
    "活动预告",
    "行业研究",
    "干货教程",
    "招聘",
    "通知公告",
    "政策解读",
    "推广营销",
    "人物访谈",
    "观点评论",
    "早晚问候",
    "企业动态",
    "情感故事",
    "娱乐消遣",
    "用户互动",
)
_SELF = ("企业动态",)
_PRODUCTS = ("推广营销",)
_OFFER = re.compile(
    r"优惠|折|减|福利|免费|赠|送|券|抽奖|秒杀|拼团|团购|包邮|特价|限时|半价|好礼|红包|\d元"
)
_SERVES = re.compile(r"怎么|如何|怎样|为什么|为何|教你|哪[种个款些]|该不该|要不要|能不能|[吗呢]\?")
ASSIGNED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "title": "str",
    "url": "str",
    "purpose": "str",
    "strength": "float64",
    "signal": "str",
    "self_talk": "boolean",
}
MIX = {
    "account_id": "str",
    "account": "str",
    "purpose": "str",
    "n": "int64",
    "share": "float64",
    "articles": "int64",
}
_TRAINED, _WORDS_ONLY = (
    PURPOSES[:11],
    PURPOSES[11:],
)  # what the model weighs, and what has no weak labels to train on
_READ = {
    "article_id": "str",
    **dict.fromkeys(_TRAINED, "float64"),
    "named": "str",
    "worded": "object",
    "says_nothing": "bool",
    "serves": "bool",
}
_NO_WORDS = " ,.!?:;|-~…。、“”\"'"
_NEEDED = {
    "article_id": "str",
    "account_id": "str",
    "account": "str",
    "published_at": TIME,
    "title": "str",
    "digest": "str",
    "url": "str",
}
_DIGEST, _DIGEST_READ, _LEAST_DIGEST = (
    0.6,
    40,
    10,
    # the first 40 characters at .6 of a title's weight: best of 3 lengths × 3 weights, see
    # tests/eval/purpose.md
)
# strength of a name like 招聘｜: the lists agree with 98 % of 6,179 titles labelled by their marker
_MARKED = 0.95
_WORDED = 0.6  # strength of a word in the title, where the model knows no better
_LEAST_STRENGTH = 0.25  # right one time in four: below it the best of eleven says nothing


@cached_by_account(
    ASSIGNED,
    {"articles": ("article_id", "title", "digest")},
    as_given=("published_at", "title", "url"),
)
def assign_purposes(articles: pd.DataFrame, *, rules: Sequence[Rule] = ()) -> pd.DataFrame:
    """What each article is for, from its title, the names set off in it, its digest where there is
    one, and what the account's other articles are for.

    `rules` are a user's own, tried before those that ship. Returns one row per article in the order
    given: article_id, account_id, account, published_at, title, url as given; purpose str, one of
    PURPOSES or 不确定; strength float64 in 0–1, how often such a finding was right on accounts left
    out of training (0 for 不确定); signal str, what was found (标记：招聘, 标题：诚聘, 用词 for the
    model's sum of small hints, with 本号习惯 where the account's habit decided), missing for
    不确定; self_talk boolean, whether the account talks about itself (see measure_self_talk),
    missing for 不确定. Raises FrameError.
    """
    check_frame(articles, _NEEDED, name="articles")
    read = read_purposes(articles, rules=tuple(rules))
    chosen = _decide_all(read, articles["account_id"].to_numpy(dtype=object), load_model())
    columns: dict[str, Any] = {
        column: articles[column].array for column in _NEEDED if column in ASSIGNED
    }
    columns |= {
        column: [row[number] for row in chosen]
        for number, column in enumerate(("purpose", "strength", "signal"))
    }
    columns["self_talk"] = [
        _talks_of_itself(purpose, serves)
        for purpose, serves in zip(columns["purpose"], read["serves"].tolist(), strict=True)
    ]
    return pd.DataFrame(
        {column: pd.Series(columns[column], dtype=dtype) for column, dtype in ASSIGNED.items()}
    )


@cached_by_article(_READ, ("title", "digest"), parallel_from=20_000)
def read_purposes(articles: pd.DataFrame, *, rules: Sequence[Rule]) -> pd.DataFrame:
    """What each title and digest say by themselves, whatever the account's others are for; see
    _read_texts for the columns.
    """
    lexicon = Lexicon((*rules, *shipped_rules("purpose.txt", PURPOSES)))
    titles, digests = (
        [
            normalize_title(text) if isinstance(text, str) else ""
            for text in articles[column].tolist()
        ]
        for column in ("title", "digest")
    )
    return _read_texts(
        titles, digests, model=load_model(), lexicon=lexicon, own=Lexicon(rules)
    ).assign(article_id=articles["article_id"].array)[list(_READ)]


def decide_purposes(
    titles: Sequence[str],
    digests: Sequence[str],
    accounts: NDArray[Any],
    *,
    model: Model,
    lexicon: Lexicon,
    own: Lexicon | None = None,
) -> list[tuple[str, float, str | None]]:
    """(purpose, strength, signal) of each folded title and digest, from the model's scores, the
    accounts' habits and the lists; see assign_purposes.
    """
    return _decide_all(
        _read_texts(titles, digests, model=model, lexicon=lexicon, own=own or Lexicon(())),
        accounts,
        model,
    )


def _read_texts(
    titles: Sequence[str], digests: Sequence[str], *, model: Model, lexicon: Lexicon, own: Lexicon
) -> pd.DataFrame:
    """A row a folded title and digest: the model's score of each of its labels; `named`, the hit
    that decides whatever the model says, as `目的 位置：词`; `worded`, the first hit of each
    purpose anywhere in the title; whether it `says_nothing`, and whether it `serves` the reader.
    """
    readings = lexicon.read_titles(titles)
    scores = (
        model.score(readings) + _score_digests(digests, model, lexicon)
        if titles
        else np.zeros((0, len(model.labels)))
    )
    columns: dict[str, Any] = dict(zip(model.labels, scores.T, strict=True))
    deciding = [
        next(iter((*mine.named, *mine.worded, *reading.named)), None)
        for reading, mine in zip(readings, own.read_titles(titles), strict=True)
    ]
    columns["named"] = [None if hit is None else _note(hit) for hit in deciding]
    columns["worded"] = [_note_first(reading.worded) for reading in readings]
    columns["says_nothing"] = [not title.strip(_NO_WORDS) for title in titles]
    columns["serves"] = [bool(_OFFER.search(title) or _SERVES.search(title)) for title in titles]
    return pd.DataFrame(
        {
            column: pd.Series(values, dtype=_READ.get(column, "float64"))
            for column, values in columns.items()
        }
    )


def _score_digests(digests: Sequence[str], model: Model, lexicon: Lexicon) -> NDArray[np.float64]:
    """What the beginnings of the digests add to the titles' scores; nothing where there is none to
    speak of.
    """
    scores = np.zeros((len(digests), len(model.labels)))
    described = [row for row, digest in enumerate(digests) if len(digest) >= _LEAST_DIGEST]
    if described:
        scores[described] = _DIGEST * model.score(
            lexicon.read_titles([digests[row][:_DIGEST_READ] for row in described])
        )
    return scores


def _decide_all(
    read: pd.DataFrame, accounts: NDArray[Any], model: Model
) -> list[tuple[str, float, str | None]]:
    """(purpose, strength, signal) of each article as _read_texts read it, with what the account's
    others are for.
    """
    if read.empty:
        return []
    alone = soften(np.ascontiguousarray(read[list(model.labels)]), model.sharpness)
    together = weigh_habits(alone, accounts, usual=model.usual, habit=model.habits)
    best, habitual = together.argmax(axis=1), together.argmax(axis=1) != alone.argmax(axis=1)
    strengths = [model.strength(share) for share in together.max(axis=1)]
    rows = zip(
        read["named"].tolist(),
        read["worded"].tolist(),
        read["says_nothing"].tolist(),
        best.tolist(),
        strengths,
        habitual.tolist(),
        strict=True,
    )
    return [
        _decide(
            named,
            dict(map(_split_note, worded)),
            model.labels[at],
            certain,
            nothing=empty,
            habitual=used,
        )
        for named, worded, empty, at, certain, used in rows
    ]


def _decide(
    named: object,
    worded: Mapping[str, str],
    label: str,
    strength: float,
    *,
    nothing: bool,
    habitual: bool,
) -> tuple[str, float, str | None]:
    """A user's word first, then a name set off in the title, then the model where it is sure
    enough, then a word in the title.
    """
    if isinstance(named, str):
        purpose, reason = _split_note(named)
        return purpose, _MARKED, reason
    untrained = next((purpose for purpose in worded if purpose in _WORDS_ONLY), None)
    if untrained is not None and strength < _WORDED:
        return untrained, _WORDED, worded[untrained]
    if strength < _LEAST_STRENGTH or nothing:
        return UNSURE, 0.0, None
    return label, strength, worded.get(label, "用词") + ("＋本号习惯" if habitual else "")


def _note(hit: Hit) -> str:
    return f"{hit.purpose} {hit.place}：{hit.word}"


def _note_first(hits: Sequence[Hit]) -> list[str]:
    """The first hit of each purpose."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.purpose, hit)
    return list(map(_note, first.values()))


def _split_note(note: str) -> tuple[str, str]:
    purpose, _, reason = note.partition(" ")
    return purpose, reason


def soften(scores: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Decision values -> shares that sum to 1 in each row."""
    raised = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def weigh_habits(
    shares: NDArray[np.float64],
    accounts: NDArray[Any],
    *,
    usual: NDArray[Any],
    habit: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Each title's shares, times what the account's *other* titles are for against what is usual,
    to the power of `habit` (one for all labels or one for each).

    One made-up usual title keeps an account of two from deciding by its other one alone. Rows sum
    to 1.
    """
    if not len(shares):
        return shares
    _, number = np.unique(accounts.astype(str), return_inverse=True)
    sums = np.zeros((number.max() + 1, shares.shape[1]))
    np.add.at(sums, number, shares)
    others = (sums[number] - shares + usual) / np.bincount(number)[number][:, None]
    weighed = shares * (others / usual) ** habit
    result: NDArray[np.float64] = weighed / weighed.sum(axis=1, keepdims=True)
    return result


def _talks_of_itself(purpose: str, serves: bool) -> bool | None:
    return None if purpose == UNSURE else purpose in _SELF or (purpose in _PRODUCTS and not serves)


def count_purposes(assigned: pd.DataFrame) -> pd.DataFrame:
    """How many articles of each account are for what: counts, and shares of all its articles, those
    不确定 included.

    Returns one row per account and purpose that occurs: account_id, account, purpose str; n int64;
    share float64 in 0–1, missing below MIN_ARTICLES articles; articles int64, all of the account.
    Sorted by account, n falling, purpose. Raises FrameError.
    """
    check_frame(assigned, ASSIGNED, name="assigned")
    return _shares(assigned, assigned["purpose"], "purpose", MIX)


def _shares(
    assigned: pd.DataFrame, kind: pd.Series, name: str, contract: Mapping[str, str]
) -> pd.DataFrame:
    rows = (
        assigned.assign(**{name: kind})
        .groupby(["account", "account_id", name], as_index=False)
        .agg(n=("article_id", "size"))
    )
    rows["articles"] = rows.groupby("account_id")["n"].transform("sum")
    rows["share"] = (rows["n"] / rows["articles"]).where(rows["articles"] >= MIN_ARTICLES)
    rows = rows.sort_values(
        ["account", "account_id", "n", name], ascending=[True, True, False, True], ignore_index=True
    )
    return rows[list(contract)].astype(contract)
