"""What the person in charge states of accounts by hand: roles, brands, facts, a name to show, that
two entries are one account. Kept as claims of one source of its own, so that it can be taken back
and no import undoes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crawler.records import Account
from crawler.store import schema as t
from crawler.store.engines import StoreError
from crawler.store.writer import Writer

__all__ = ["BY_HAND", "merge_stated", "state_by_hand"]

BY_HAND = "by hand"  # the kind of the source
_LABEL = "duibiao accounts"
_IDENTITY = ("biz", "user_name", "name")


def state_by_hand(writer: Writer, account: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """State fields of an account (a row of Store.accounts) beside what was stated before; facts one
    by one, and a value of None is taken back.
    """
    source_pk = writer.lasting_source(BY_HAND, _LABEL)
    stated = _stated(writer, source_pk, account["account_pk"])
    facts = {**stated.pop("facts", {}), **changes.get("facts", {})}
    fields = {**_identity(account), **stated, **changes}
    if fields.get("label"):  # tables that call it so mean it, where an id tells which one it is
        fields.setdefault("name", fields["label"])
    fields["facts"] = {name: value for name, value in facts.items() if value is not None} or None
    writer.state_account(source_pk, Account(**fields), seen_at=writer.now)


def merge_stated(writer: Writer, kept: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """State that two entries are one account, shown under the first's name. Raises StoreError where
    they have an id each: two biz are two accounts.
    """
    for name, shown in (("biz", "biz"), ("user_name", "gh_id")):
        if kept[name] and other[name] and kept[name] != other[name]:
            raise StoreError(
                f"“{kept['name']}”和“{other['name']}”各有自己的 {shown}"
                f"（{kept[name]}、{other[name]}），是两个号，不能合成一个"
            )
    names = {*kept.get("names", ()), *other.get("names", ()), *(kept.get("same_as") or ())}
    names |= set(other.get("same_as") or ())
    source_pk = writer.lasting_source(BY_HAND, _LABEL)
    stated = _stated(writer, source_pk, other["account_pk"])
    stated |= _stated(writer, source_pk, kept["account_pk"])
    writer.resolver.merge_accounts(kept["account_pk"], other["account_pk"])
    identity = {name: kept[name] or other[name] for name in ("biz", "user_name")}
    both = {**kept, **identity}
    state_by_hand(writer, both, {"label": kept["name"], **stated, "same_as": tuple(sorted(names))})


def _identity(account: Mapping[str, Any]) -> dict[str, Any]:
    """What names the account for certain; its name only where nothing else does."""
    ids = {name: account[name] for name in ("biz", "user_name") if account[name]}
    return ids or {"name": account["name"]}


def _stated(writer: Writer, source_pk: int, account_pk: int) -> dict[str, Any]:
    c = t.account_claims.c
    rows = writer.conn.execute(
        select(c.said).where(c.account_id == account_pk, c.source_id == source_pk)
    ).scalars()
    stated: dict[str, Any] = {}
    for text in rows:
        stated |= json.loads(text)
    return {name: value for name, value in stated.items() if name not in _IDENTITY}
