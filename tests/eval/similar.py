#!/usr/bin/env python3
"""What is common in accounts' introductions, learned; and whether an introduction finds its own
account.

    similar.py weights weights of grams from all introductions but those of the cases ->
      analysis/lexicons/intro_grams.json
    similar.py cross the figure in three folds over those introductions, each scored by weights that
      never saw it

Needs ../shared beside the repository (or DUIBIAO_SHARED); nothing of it is kept but hashes and
numbers.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

import analysis.peers.similar
import analysis.text.ngrams
from analysis.frames import ACCOUNTS
from analysis.peers.similar import index_content, rank_texts
from analysis.text.ngrams import fit_grams, hash_gram, spell_gram
from analysis.text.normalize import normalize_words

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared"))
LEAST = 5  # introductions that have a gram, for it to get a weight of its own
STEPS = 63
N_CASES = 300
N_FOLDS = 3


def load_introductions() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Articles, the cases of similar_eval.py, and all other introductions (biz, account,
    description).
    """
    titles = pd.read_csv(SHARED / "sets" / "feeds_2021.csv.gz", dtype=str, keep_default_na=False)
    about = pd.read_csv(
        SHARED / "sets" / "feeds_2021_accounts.csv.gz", dtype=str, keep_default_na=False
    )
    about = about[
        about["biz"].isin(titles["biz"]) & (about["description"].str.len() >= 15)
    ].reset_index(drop=True)
    cases = about.sample(min(N_CASES, len(about)), random_state=0)
    return titles, cases, about.drop(cases.index).reset_index(drop=True)


def frames_of(titles: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The articles and accounts frames as far as likeness needs them; no introductions."""
    articles = pd.DataFrame({"account_id": titles["biz"], "title": titles["title"]}).astype("str")
    accounts = (
        titles.drop_duplicates("biz").rename(columns={"biz": "account_id"}).reset_index(drop=True)
    )
    accounts = accounts.assign(
        names=[[name] for name in accounts["account"]], signature=None
    ).reindex(columns=list(ACCOUNTS))
    return articles, accounts.astype({"account_id": "str", "account": "str", "signature": "str"})


def learn_weights(introductions: pd.Series) -> dict[int, int]:
    """Hashed gram -> its weight in STEPS."""
    grams = fit_grams([normalize_words(text) for text in introductions])
    holders = np.bincount(grams.counts.indices, minlength=len(grams.codes))
    weights = np.round((1 - np.log(holders + 1) / np.log(len(introductions) + 1)) * STEPS).astype(
        int
    )
    return {
        hash_gram(spell_gram(int(code))): int(weight)
        for code, weight, n in zip(grams.codes, weights, holders, strict=True)
        if n >= LEAST
    }


def save_weights(weights: dict[int, int]) -> None:
    hashes = np.array(sorted(weights), dtype="<u4")
    packed = np.array([weights[int(h)] for h in hashes], dtype="u1")
    data = {
        "steps": STEPS,
        "hashes": base64.b64encode(hashes.tobytes()).decode(),
        "weights": base64.b64encode(packed.tobytes()).decode(),
    }
    path = ROOT / "analysis" / "lexicons" / "intro_grams.json"
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(f"{len(hashes)} grams, {path.stat().st_size / 1000:.0f} KB")


def find_ranks(cases: pd.DataFrame, titles: pd.DataFrame) -> pd.Series:
    """The place of each introduction's own account among the best 50 (its name cut out); 1,000,000
    where it is not there.
    """
    texts = pd.DataFrame(
        {
            "query": cases["biz"],
            "text": [
                d.replace(n, "")
                for d, n in zip(cases["description"], cases["account"], strict=True)
            ],
        }
    )
    answer = rank_texts(index_content(*frames_of(titles)), texts.astype("str"), top=50)
    hit = answer[answer["query"] == answer["account_id"]].set_index("query")["rank"]
    return cases["biz"].map(hit).fillna(10**6)


def measure_cross() -> None:
    titles, _, others = load_introductions()
    fold = np.random.default_rng(0).integers(N_FOLDS, size=len(others))
    ranks = []
    for held_out in range(N_FOLDS):
        weights = {
            h: step / STEPS
            for h, step in learn_weights(others.loc[fold != held_out, "description"]).items()
        }
        with (
            patch.object(analysis.text.ngrams, "load_intro_weights", lambda w=weights: w),
            patch.object(analysis.peers.similar, "load_intro_weights", lambda w=weights: w),
        ):
            ranks.append(find_ranks(others[fold == held_out], titles))
    rank = pd.concat(ranks)
    print(
        f"introductions {len(rank)}  top 1 {(rank <= 1).mean():.3f}  top 10 "
        f"{(rank <= 10).mean():.3f}  top 50 {(rank <= 50).mean():.3f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["weights", "cross"])
    if parser.parse_args().what == "weights":
        save_weights(learn_weights(load_introductions()[2]["description"]))
    else:
        measure_cross()
