"""Grouping claims anew: claims that share a key belong together, and each group keeps the oldest id
it was born with.

Used where claims come apart: when a source is taken back, and when a name turns out to fit two
accounts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from crawler.records import Account, Article, account_aliases, article_aliases, title_key
from crawler.store import schema as t
from crawler.store.identity import Resolver, chunks

__all__ = ["is_mere_name", "regroup_accounts", "regroup_articles", "with_twins"]


def regroup_articles(conn: Connection, resolver: Resolver, article_pks: Iterable[int]) -> set[int]:
    """Group the claims of these articles anew; gives every article id in use afterwards.

    A claim that was filed by title and time alone stays with the article it was filed under, while
    both are one account's.
    """
    wanted = set(article_pks)
    rows = [
        row
        for chunk in chunks(sorted(wanted))
        for row in conn.execute(
            select(t.claims).where(t.claims.c.article_id.in_(chunk)).order_by(t.claims.c.claim_id)
        )
    ]
    keys = [list(article_aliases(_article(json.loads(row.said)), row.account_id)) for row in rows]
    births = [_Birth(row.born_id, row.article_id, row.account_id) for row in rows]
    ids = _group_by_keys(births, keys, lambda _: resolver.next_id("article"))
    for chunk in chunks(sorted(wanted)):
        conn.execute(delete(t.aliases).where(t.aliases.c.article_id.in_(chunk)))
    aliases = {
        key: article_pk for keys_of, article_pk in zip(keys, ids, strict=True) for key in keys_of
    }
    aliases |= {
        f"id:{row.born_id}": article_pk
        for row, article_pk in zip(rows, ids, strict=True)
        if row.born_id not in ids
    }
    if aliases:
        conn.execute(
            insert(t.aliases),
            [{"alias": key, "article_id": article_pk} for key, article_pk in aliases.items()],
        )
    for row, article_pk in zip(rows, ids, strict=True):
        if article_pk != row.article_id:
            _move_claim(conn, row, article_pk)
    return set(ids)


def with_twins(conn: Connection, article_pks: Iterable[int]) -> set[int]:
    """These articles, and those that already have a key of what is claimed of them."""
    wanted, c = set(article_pks), t.claims.c
    keys = {
        key
        for chunk in chunks(sorted(wanted))
        for row in conn.execute(select(c.account_id, c.said).where(c.article_id.in_(chunk)))
        for key in article_aliases(_article(json.loads(row.said)), row.account_id)
    }
    a = t.aliases.c
    for chunk in chunks(sorted(keys)):
        wanted |= set(conn.execute(select(a.article_id).where(a.alias.in_(chunk))).scalars())
    return wanted


def _move_claim(conn: Connection, row: Any, article_pk: int) -> None:
    """File a claim, and what its source brought of that article, under another id; one never used
    before is where it is born.
    """
    born = max(row.born_id, article_pk) if article_pk > row.article_id else row.born_id
    conn.execute(
        update(t.claims)
        .where(t.claims.c.claim_id == row.claim_id)
        .values(article_id=article_pk, born_id=born)
    )
    if row.page_id is not None and row.origin in ("page", "evaluated page"):
        conn.execute(
            update(t.pages).where(t.pages.c.page_id == row.page_id).values(article_id=article_pk)
        )
    for table in (t.bodies, t.observations):
        same = (table.c.article_id == row.article_id, table.c.source_id == row.source_id)
        conn.execute(update(table).where(*same).values(article_id=article_pk))


def _article(fields: dict[str, Any]) -> Article:
    """As much of a claim's record as its keys are made of."""
    at = fields.get("published_at")
    names = ("biz", "mid", "idx", "token", "user_name", "account_name", "url", "title")
    values: dict[str, Any] = {name: fields.get(name) for name in names}
    return Article(
        **values, published_at=datetime.fromtimestamp(at, UTC) if at is not None else None
    )


@dataclass(frozen=True, slots=True)
class _Birth:
    """The id a row was born with, the one it has now, whose it is; rows of a lower rank choose
    first.
    """

    born: int
    now: int
    owner: int
    rank: int = 0


def _group_by_keys(
    births: Sequence[_Birth], keys: Sequence[Sequence[Hashable]], spare: Callable[[int], int]
) -> list[int]:
    """An id for each row: rows that share a key share it, and each group takes the oldest id it was
    born with that is still free, else one it has.

    Where none is free, the group was filed under another's id: it stays there while the owner is
    the same, and gets a spare id otherwise.
    """
    group = _union(keys)
    members: dict[int, list[_Birth]] = defaultdict(list)
    for birth, root in zip(births, group, strict=True):
        members[root].append(birth)
    taken: dict[int, int] = {}  # id -> owner
    named: dict[int, int] = {}  # group -> id
    for root in sorted(
        members, key=lambda root: (min(birth.rank for birth in members[root]), root)
    ):
        first = min(birth.rank for birth in members[root])
        first_births = [birth for birth in members[root] if birth.rank == first]
        born = sorted({birth.born for birth in first_births})
        free = next(
            (
                article_pk
                for article_pk in [*born, *sorted({birth.now for birth in first_births})]
                if article_pk not in taken
            ),
            None,
        )
        named[root] = (
            free
            if free is not None
            else born[0]
            if taken[born[0]] == first_births[0].owner
            else spare(root)
        )
        taken.setdefault(named[root], first_births[0].owner)
    return [named[root] for root in group]


def _union(keys: Sequence[Sequence[Hashable]]) -> list[int]:
    parent = list(range(len(keys)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[Hashable, int] = {}
    for at, keys_of in enumerate(keys):
        for key in keys_of:
            low, other = sorted((root(first.setdefault(key, at)), root(at)))
            parent[other] = low
    return [root(at) for at in range(len(keys))]


def regroup_accounts(conn: Connection, account_pks: Iterable[int]) -> set[int]:
    """Group what is claimed of these accounts, and of those that share a name with them, anew;
    gives every account id that is not as it was.

    A claim with a name alone goes to the one identified account that was called so; where there are
    several or none, to the mere name.
    """
    wanted = _with_namesakes(conn, set(account_pks))
    c = t.account_claims.c
    rows = [
        row
        for chunk in chunks(sorted(wanted))
        for row in conn.execute(
            select(t.account_claims).where(c.account_id.in_(chunk)).order_by(c.claim_id)
        )
    ]
    claims = [json.loads(row.said) for row in rows]
    keys = _account_keys(claims)
    births = [
        _Birth(row.born_id, row.account_id, row.claim_id, int(is_mere_name(fields)))
        for row, fields in zip(rows, claims, strict=True)
    ]
    ids = _group_by_keys(
        births, keys, lambda root: -title_key(claims[root]["name"])
    )  # a mere name's own, the same whenever it is needed
    names = [list(account_aliases(_account(fields))) for fields in claims]
    for chunk in chunks(sorted(wanted)):
        conn.execute(delete(t.account_aliases).where(t.account_aliases.c.account_id.in_(chunk)))
    pairs = {
        (key, account_pk) for keys_of, account_pk in zip(names, ids, strict=True) for key in keys_of
    }
    if pairs:
        conn.execute(
            insert(t.account_aliases),
            [{"alias": key, "account_id": account_pk} for key, account_pk in sorted(pairs)],
        )
    moved, leads = set(), _Leads()
    for row, fields, account_pk in zip(rows, claims, ids, strict=True):
        leads.add(row, fields, account_pk)
        if account_pk != row.account_id:
            conn.execute(
                update(t.account_claims)
                .where(c.claim_id == row.claim_id)
                .values(account_id=account_pk)
            )
            moved |= {account_pk, row.account_id}
    if moved:
        _move_articles(conn, wanted, leads)
    return moved


def _with_namesakes(conn: Connection, account_pks: set[int]) -> set[int]:
    """These accounts and all that were called by one of their names."""
    c = t.account_aliases.c
    pks = set(account_pks)
    for chunk in chunks(sorted(account_pks)):
        names = select(c.alias).where(c.account_id.in_(chunk), c.alias.like("name:%"))
        pks |= set(conn.execute(select(c.account_id).where(c.alias.in_(names))).scalars())
    return pks


def is_mere_name(fields: dict[str, Any]) -> bool:
    """Whether a claim knows its account by name alone."""
    return not (fields.get("biz") or fields.get("user_name"))


def _account(fields: dict[str, Any]) -> Account:
    return Account(**{key: fields.get(key) for key in ("biz", "user_name", "name", "same_as")})


def _account_keys(claims: Sequence[dict[str, Any]]) -> list[list[str]]:
    """What each claim goes by: its ids; names alone go by the one account's that has them."""
    names = [list(account_aliases(_account(fields))) for fields in claims]
    strong = [[key for key in keys_of if not key.startswith("name:")] for keys_of in names]
    holders: dict[str, dict[int, str]] = defaultdict(dict)
    for keys, keys_of, root in zip(strong, names, _union(strong), strict=True):
        for key in set(keys_of) - set(keys):
            if keys:
                holders[key][root] = keys[0]
    return [
        keys or _keys_of_names(keys_of, holders)
        for keys, keys_of in zip(strong, names, strict=True)
    ]


def _keys_of_names(names: list[str], holders: dict[str, dict[int, str]]) -> list[str]:
    """Several names are one account's by a person's word, which makes no two ids one."""
    sole = {key for name in names if len(holders[name]) == 1 for key in holders[name].values()}
    return [*sole, *(name for name in names if not holders[name])] if len(sole) == 1 else names


@dataclass(slots=True)
class _Leads:
    """What leads from an article's claim to its account: the ids it names, else the name, else
    whose its source is.
    """

    keys: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    births: dict[int, int] = field(default_factory=dict)

    def add(self, row: Any, fields: dict[str, Any], account_pk: int) -> None:
        for key in account_aliases(_account(fields)):
            if not key.startswith("name:"):
                self.keys[key] = account_pk
            elif is_mere_name(fields):
                self.names[fields["name"]] = account_pk
        self.sources[row.source_id].add(account_pk)
        self.births[row.born_id] = account_pk

    def follow(self, claim: Any, fields: dict[str, Any]) -> int:
        for key in (f"biz:{fields.get('biz')}", f"gh:{fields.get('user_name')}"):
            if key in self.keys:
                return self.keys[key]
        if fields.get("account_name") in self.names:
            return self.names[fields["account_name"]]
        of_source = self.sources[claim.source_id]
        return (
            min(of_source)
            if len(of_source) == 1
            else self.births.get(claim.account_born_id, claim.account_id)
        )


def _move_articles(conn: Connection, account_pks: set[int], leads: _Leads) -> None:
    """File the claims of articles under the accounts that they lead to now."""
    c = t.claims.c
    moved: dict[int, list[int]] = defaultdict(list)
    for chunk in chunks(sorted(account_pks)):
        for row in conn.execute(
            select(c.claim_id, c.account_id, c.account_born_id, c.source_id, c.said).where(
                c.account_id.in_(chunk)
            )
        ):
            account_pk = leads.follow(row, json.loads(row.said))
            if account_pk != row.account_id:
                moved[account_pk].append(row.claim_id)
    for account_pk, ids in sorted(moved.items()):
        for part in chunks(ids):
            conn.execute(update(t.claims).where(c.claim_id.in_(part)).values(account_id=account_pk))
