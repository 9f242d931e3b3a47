"""Who is who: records -> account and article ids in one store, inside one transaction.

An id is given at first sight and never changes; keys (aliases) lead to it. Two ids that turn out to
be one are merged into the older, and the younger stays valid as an alias.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, or_, select, update

from crawler.records import BEIJING, Account, Article, account_aliases, article_aliases, title_key
from crawler.store import schema as t

__all__ = ["Resolver", "SimilarRow", "chunks", "put_fact"]

_CHUNK = 5000  # below SQLite's 32,766 variables a statement
_SAME_MOMENT_S = 600  # an album's time runs 7–351 s ahead of the page's (106 articles compared)

_ALIASES = select(t.aliases.c.alias, t.aliases.c.article_id).where(t.any_of(t.aliases.c.alias))
_TOKENS = select(t.aliases.c.article_id, t.aliases.c.alias).where(
    t.any_of(t.aliases.c.article_id), t.aliases.c.alias.like("t:%")
)
_SIMILAR = select(
    *(
        t.articles.c[name]
        for name in (
            "article_id",
            "account_id",
            "title_key",
            "published_at",
            "time_precision",
            "mid",
            "idx",
        )
    )
).where(
    t.articles.c.account_id == bindparam("owner"),
    t.any_of(t.articles.c.title_key),
    t.articles.c.article_id < bindparam("first_new"),
)


def chunks(items: Sequence[Any], size: int = _CHUNK) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    return (items[i : i + size] for i in range(0, len(items), size))


def put_fact(conn: Connection, key: str, value: str) -> None:
    """Keep a fact of the store's own under `key`."""
    if not conn.execute(update(t.meta).where(t.meta.c.key == key).values(value=value)).rowcount:
        conn.execute(insert(t.meta).values(key=key, value=value))


@dataclass(slots=True)
class Resolver:
    """Gives ids to records; new ids are taken from the store's counters under the transaction's
    write lock.
    """

    conn: Connection
    new_accounts: set[int] = field(default_factory=set)
    new_articles: set[int] = field(default_factory=set)
    accounts_merged: list[tuple[int, int]] = field(default_factory=list)  # (kept, gone)
    accounts_regrouped: set[int] = field(default_factory=set)
    articles_merged: list[tuple[int, int]] = field(default_factory=list)
    names_met: set[str] = field(default_factory=set)
    _accounts: dict[tuple[str | None, ...], int] = field(default_factory=dict)
    counters: dict[str, int] = field(
        default_factory=dict
    )  # the next unused ids, as far as they were asked for
    _first_new: int | None = None

    def next_id(self, what: str) -> int:
        """The next unused id of `what`; ids are never used twice, deleted or not."""
        if what not in self.counters:
            row = self.conn.execute(
                select(t.meta.c.value).where(t.meta.c.key == f"next:{what}")
            ).scalar()
            self.counters[what] = int(row) if row else 1
        self.counters[what] += 1
        return self.counters[what] - 1

    def save_counters(self) -> None:
        """Write the counters back; call once before the transaction ends."""
        for what, value in self.counters.items():
            put_fact(self.conn, f"next:{what}", str(value))

    def next_source(self) -> None:
        """What was met until now is an earlier source's: the next one's articles may
        look like it.
        """
        self.new_accounts.clear()
        self._first_new = None

    # accounts

    def meet_accounts(self, accounts: Iterable[Account]) -> None:
        """Give ids to those of these accounts that nobody has heard of, all at once; the others are
        looked at one by one when they come.
        """
        fresh = {}
        for account in accounts:
            key = (account.biz, account.user_name, account.name)
            if key not in self._accounts and key not in fresh:
                fresh[key] = list(account_aliases(account))
        uses = Counter(alias for aliases_of in fresh.values() for alias in aliases_of)
        owners = self._stored_aliases(uses)
        rows = []
        for key, aliases_of in fresh.items():
            if aliases_of and not any(alias in owners or uses[alias] > 1 for alias in aliases_of):
                account_pk = self._accounts[key] = self.new_account()
                rows += [{"alias": alias, "account_id": account_pk} for alias in aliases_of]
                if account_name := key[2]:
                    self.names_met.add(account_name)
        if rows:
            self.conn.execute(t.add(t.account_aliases), rows)

    def _stored_aliases(self, aliases: Iterable[str]) -> set[str]:
        c = t.account_aliases.c.alias
        return {
            alias
            for chunk in chunks(sorted(aliases))
            for alias in self.conn.execute(select(c).where(c.in_(chunk))).scalars()
        }

    def account(self, account: Account) -> int:
        """The id of the account; one known by name only is adopted by the biz or gh_id that comes
        with that name.
        """
        key = (account.biz, account.user_name, account.name)
        if key not in self._accounts:
            if account.name:
                self.names_met.add(account.name)
            self._accounts[key] = self._find_account(account)
        return self._accounts[key]

    def _find_account(self, account: Account) -> int:
        keys = list(account_aliases(account))
        rows = (
            self.conn.execute(
                select(t.account_aliases).where(t.account_aliases.c.alias.in_(keys))
            ).all()
            if keys
            else []
        )
        strong = sorted({row.account_id for row in rows if not row.alias.startswith("name:")})
        named = sorted({row.account_id for row in rows if row.alias.startswith("name:")})
        # One biz is one account: a gh_id that seems to tie two of them is wrong somewhere.
        biz = account.biz or next(filter(None, map(self._biz_of, strong)), None)
        strong = [account_pk for account_pk in strong if self._biz_of(account_pk) in (None, biz)]
        if not strong:
            account_pk = self._by_name(account, named)
        else:
            account_pk = strong[0]
            for other in strong[1:]:
                self.merge_accounts(account_pk, other)
            nameless = [i for i in named if i not in strong and not self._identified(i)]
            if len(named) == 1 and nameless:
                self.merge_accounts(account_pk, nameless[0])
        stored_aliases = {row.alias for row in rows if row.account_id == account_pk}
        fresh = [
            {"alias": key, "account_id": account_pk} for key in keys if key not in stored_aliases
        ]
        fresh = (
            [row for row in fresh if not self._has_account_alias(row)] if strong or named else fresh
        )
        if fresh:
            self.conn.execute(t.add(t.account_aliases), fresh)
        return account_pk

    def _by_name(self, account: Account, named: list[int]) -> int:
        if account.biz or account.user_name:
            named = [
                i for i in named if not self._identified(i)
            ]  # only an account that is a mere name can be adopted
            return named[0] if len(named) == 1 else self.new_account()
        if len(named) > 1 and account.name:
            mere = [i for i in named if not self._identified(i)]
            return mere[0] if mere else self.new_account()
        return named[0] if named else self.new_account()

    def _biz_of(self, account_id: int) -> str | None:
        c = t.account_aliases.c
        key = self.conn.execute(
            select(c.alias)
            .where(c.account_id == account_id, c.alias.like("biz:%"))
            .order_by(c.alias)
        ).scalar()
        return key[4:] if key else None

    def _identified(self, account_id: int) -> bool:
        keys = self.conn.execute(
            select(t.account_aliases.c.alias).where(t.account_aliases.c.account_id == account_id)
        ).scalars()
        return any(not key.startswith("name:") for key in keys)

    def _has_account_alias(self, row: dict[str, Any]) -> bool:
        c = t.account_aliases.c
        return (
            self.conn.execute(
                select(c.alias).where(c.alias == row["alias"], c.account_id == row["account_id"])
            ).first()
            is not None
        )

    def new_account(self) -> int:
        """An account id that was never used."""
        account_pk = self.next_id("account")
        self.new_accounts.add(account_pk)
        return account_pk

    def merge_accounts(self, survivor: int, gone: int) -> None:
        """Everything of `gone` becomes `kept`'s; articles that meet under the same mid and idx
        become one.
        """
        for table in (t.account_claims, t.articles, t.claims, t.albums, t.album_claims):
            self.conn.execute(
                update(table).where(table.c.account_id == gone).values(account_id=survivor)
            )
        _move_rows(self.conn, t.account_aliases, "account_id", survivor, gone)
        self.conn.execute(delete(t.accounts).where(t.accounts.c.account_id == gone))
        self._accounts = {
            key: survivor if value == gone else value for key, value in self._accounts.items()
        }
        self.accounts_merged.append((survivor, gone))
        for alias in self._owned_aliases(gone):
            article_id = self.conn.execute(
                select(t.aliases.c.article_id).where(t.aliases.c.alias == alias)
            ).scalar_one()  # as it is after the merges before
            kind, _, rest = alias.split(":", 2)
            moved = f"{kind}:{survivor}:{rest}"
            other = self.conn.execute(
                select(t.aliases.c.article_id).where(t.aliases.c.alias == moved)
            ).scalar()
            if other is None:
                self.conn.execute(
                    update(t.aliases).where(t.aliases.c.alias == alias).values(alias=moved)
                )
                continue
            self.conn.execute(delete(t.aliases).where(t.aliases.c.alias == alias))
            if other != article_id:
                self.merge_articles(min(other, article_id), max(other, article_id))

    def _owned_aliases(self, account_id: int) -> list[str]:
        """The keys of articles that hold within this account; ranges, as LIKE would read all there
        are.
        """
        c = t.aliases.c.alias
        ranges = [(c >= f"{kind}:{account_id}:") & (c < f"{kind}:{account_id};") for kind in "aux"]
        return list(self.conn.execute(select(c).where(or_(*ranges)).order_by(c)).scalars())

    # articles

    def articles(self, records: Sequence[tuple[Article, int]]) -> list[int]:
        """An article id for each (article, account id), in order."""
        if self._first_new is None:
            self._first_new = self.next_id("article")
            self.counters["article"] = self._first_new
        keys = [list(article_aliases(article, owner)) for article, owner in records]
        owners = self._load_aliases({key for aliases_of in keys for key in aliases_of})
        stored, merged = set(owners), len(self.articles_merged)
        fresh: dict[str, int] = {}
        similar = self._load_similar(
            [
                record
                for record, aliases_of in zip(records, keys, strict=True)
                if not any(key in owners for key in aliases_of)
            ]
        )
        matched = [
            None if any(key in owners for key in aliases_of) else similar.match(*record)
            for record, aliases_of in zip(records, keys, strict=True)
        ]
        claimed: dict[int, set[tuple[str, ...]]] = defaultdict(
            set
        )  # two articles can't both be the one they look like
        for article_pk, aliases_of in zip(matched, keys, strict=True):
            if article_pk is not None:
                claimed[article_pk].add(tuple(aliases_of))
        article_pks: list[int] = []
        for match, aliases_of in zip(matched, keys, strict=True):
            ids = sorted({owners[key] for key in aliases_of if key in owners})
            article_pk = (
                ids[0] if ids else match if match is not None and len(claimed[match]) == 1 else None
            )
            if article_pk is None:
                article_pk = self.next_id("article")
                self.new_articles.add(article_pk)
            for other in ids[1:]:
                self.merge_articles(article_pk, other)
                for keys_of in (owners, fresh):
                    keys_of.update(
                        {key: article_pk for key, value in keys_of.items() if value == other}
                    )
                article_pks = [article_pk if value == other else value for value in article_pks]
            for key in aliases_of:
                if owners.setdefault(key, article_pk) == article_pk and key not in fresh:
                    fresh[key] = article_pk
            article_pks.append(article_pk)
        if len(self.articles_merged) > merged:
            stored = set(self._load_aliases(set(fresh)))
        rows = [
            {"alias": key, "article_id": article_pk}
            for key, article_pk in fresh.items()
            if key not in stored
        ]
        for part in chunks(rows, 10_000):
            self.conn.execute(t.add(t.aliases), list(part))
        return article_pks

    def _load_aliases(self, keys: set[str]) -> dict[str, int]:
        rows: dict[str, int] = {}
        for chunk in chunks(sorted(keys)):
            rows.update(
                {row.alias: row.article_id for row in self.conn.execute(_ALIASES, {"some": chunk})}
            )
        return rows

    def _load_similar(self, records: Iterable[tuple[Article, int]]) -> _Similar:
        """Articles of earlier sources with the same account and title as these records."""
        wanted: dict[int, set[int]] = defaultdict(set)
        for article, owner in records:
            if owner not in self.new_accounts and article.title:
                wanted[owner].add(title_key(article.title))
        rows = [
            row
            for owner, keys in sorted(
                wanted.items()
            )  # an account at a time, as the index of titles begins with it
            for chunk in chunks(sorted(keys))
            for row in self.conn.execute(
                _SIMILAR, {"owner": owner, "some": chunk, "first_new": self._first_new or 0}
            )
        ]
        similar, tokens = _Similar(), self.tokens([row.article_id for row in rows])
        for row in rows:
            candidate = SimilarRow(
                row.article_id,
                row.published_at,
                row.time_precision,
                row.mid,
                row.idx,
                tokens.get(row.article_id),
            )
            similar.rows[row.account_id, row.title_key].append(candidate)
        return similar

    def tokens(self, ids: list[int]) -> dict[int, str]:
        """The short-link token of each of these articles that has one."""
        token_of: dict[int, str] = {}
        for chunk in chunks(ids):
            token_of.update(
                {
                    row.article_id: row.alias[2:]
                    for row in self.conn.execute(_TOKENS, {"some": chunk})
                }
            )
        return token_of

    def merge_articles(self, survivor: int, gone: int) -> None:
        """Everything known of `gone` becomes `kept`'s; the id `gone` stays valid as an alias."""
        if survivor == gone:
            return
        for table in (t.claims, t.pages, t.observations, t.aliases):
            self.conn.execute(
                update(table).where(table.c.article_id == gone).values(article_id=survivor)
            )
        _move_rows(self.conn, t.album_items, "article_id", survivor, gone)
        _move_rows(self.conn, t.bodies, "article_id", survivor, gone)
        self.conn.execute(delete(t.articles).where(t.articles.c.article_id == gone))
        self.conn.execute(insert(t.aliases).values(alias=f"id:{gone}", article_id=survivor))
        self.new_articles.discard(gone)
        self.articles_merged.append((survivor, gone))


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """What tells whether two articles of one account and title are one: time (unix seconds), push
    and slot, token.
    """

    article_id: int
    published_at: int | None
    precision: str
    mid: str | None
    idx: int | None
    token: str | None

    def may_be(self, other: SimilarRow) -> bool:
        """True when nothing contradicts that they are one article, and their times agree as far as
        both have one.
        """
        if self.mid and other.mid and (self.mid, self.idx) != (other.mid, other.idx):
            return False
        if self.token and other.token and self.token != other.token:
            return False
        if self.published_at is None or other.published_at is None:
            return True
        if "day" in (self.precision, other.precision):
            offset = int(BEIJING.utcoffset(None).total_seconds())
            return (self.published_at + offset) // 86400 == (other.published_at + offset) // 86400
        return abs(self.published_at - other.published_at) <= _SAME_MOMENT_S


@dataclass(slots=True)
class _Similar:
    """Candidates for records that share no key with anything: same account, same
    title, same time.
    """

    rows: dict[tuple[int, int], list[SimilarRow]] = field(default_factory=lambda: defaultdict(list))

    def match(self, article: Article, owner: int) -> int | None:
        """The one article it can be; None where there is none, or more than one."""
        if not article.title:
            return None
        at = int(article.published_at.timestamp()) if article.published_at else None
        new = SimilarRow(0, at, article.time_precision, article.mid, article.idx, article.token)
        fits = {
            row.article_id
            for row in self.rows.get((owner, title_key(article.title)), ())
            if new.may_be(row)
        }
        return fits.pop() if len(fits) == 1 else None


def _move_rows(conn: Connection, table: Table, column: str, survivor: int, gone: int) -> None:
    """Give `gone`'s rows to `kept`, dropping those `kept` has already."""
    other = next(c for c in table.primary_key.columns if c.name != column)
    mine = select(other).where(table.c[column] == survivor).scalar_subquery()
    conn.execute(delete(table).where(table.c[column] == gone, other.in_(mine)))
    conn.execute(update(table).where(table.c[column] == gone).values({column: survivor}))
