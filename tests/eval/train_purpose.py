"""Train the weights of analysis/lexicons/purpose.npz and print what they are worth on accounts left
out of training.

    python -m tests.eval.train_purpose five-fold cross-validation by account, macro-F1 and F1 of
      each label
    python -m tests.eval.train_purpose --write the same, then train on everything and write the
      weights

The shared sets (weak labels read off markers, and unlabelled titles) are third parties' text and
not in the repository.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import classification_report, f1_score
from sklearn.svm import LinearSVC

from analysis.content.purpose import PURPOSES, decide_purposes, soften, weigh_habits
from analysis.content.purpose_model import (
    Model,
    count_grams,
    describe_forms,
    pack_model,
    weigh_grams,
)
from analysis.text.lexicon import Lexicon, shipped_rules, split_markers
from analysis.text.normalize import normalize_title

ROOT = Path(__file__).resolve().parent.parent.parent
SETS = Path(os.environ.get("DUIBIAO_SHARED", ROOT.parent / "shared")) / "sets"
FOLDS, SEED = 5, 0
SHARPNESS, HABIT = 6.0, 1.0
# of the labels' frequencies as what is usual: the balanced model sees rare ones oftener than they
# are
LEVEL = 0.8
POINTS = 12  # of the curve from share to how often right
EXTRA = 0.3  # weight of a title labelled by our own lists, against one of the weak set
BALANCE = 0.7  # 0: labels weigh by their number, 1: all the same
COST = 0.3
FORM = 0.5
MOST_OF_AN_ACCOUNT = 15


def load_weak() -> pd.DataFrame:
    """account, title (folded, marker cut off), purpose."""
    rows = pd.read_csv(SETS / "purpose_weak.csv.gz", dtype=str, keep_default_na=False)
    return pd.DataFrame(
        {
            "account": rows["account"],
            "whole": rows["title"],
            "title": rows["title_stripped"].map(normalize_title),
            "purpose": rows["purpose"],
        }
    )


def load_digests(weak: pd.DataFrame) -> list[str]:
    """The beginning of each weak row's body (folded), "" where no body is held: 2,008 rows."""
    histories = pd.read_csv(SETS / "scholar_histories.csv.gz", dtype=str, keep_default_na=False)
    held = dict(
        zip(
            zip(histories["account"], histories["title"], strict=True),
            histories["digest80"],
            strict=True,
        )
    )
    with gzip.open(SETS / "gov_bodies.jsonl.gz", "rt", encoding="utf-8") as lines:
        held |= {
            (row["account"], row["title"]): (row["body"] or "")[:80]
            for row in map(json.loads, lines)
        }
    return [
        normalize_title(held.get(key, "").replace("\n", " "))
        for key in zip(weak["account"], weak["whole"], strict=True)
    ]


def load_extra(lexicon: Lexicon, weak: pd.DataFrame) -> pd.DataFrame:
    """More titles whose marker our own lists know, marker cut off; none of the weak set's."""
    names = ("feeds_2021", "scholar_histories", "ai_accounts_2024", "column_gold")
    pool = pd.concat(
        [
            pd.read_csv(SETS / f"{name}.csv.gz", dtype=str, keep_default_na=False)[
                ["account", "title"]
            ]
            for name in names
        ]
    ).drop_duplicates()
    labels = set(weak["purpose"])
    known = set(zip(weak["account"], weak["whole"], strict=True))
    rows = []
    for account, title in zip(pool["account"], pool["title"], strict=True):
        markers, rest = split_markers(normalize_title(title))
        hits = lexicon.find_in_markers(markers)
        if hits and hits[0].purpose in labels and len(rest) > 3 and (account, title) not in known:
            rows.append((account, rest, hits[0].purpose))
    extra = pd.DataFrame(rows, columns=["account", "title", "purpose"])
    return extra.groupby(["account", "purpose"]).head(MOST_OF_AN_ACCOUNT).reset_index(drop=True)


def fit(
    grams: sparse.csr_matrix,
    forms: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    usual: pd.Series,
) -> Model:
    rarity = (
        np.log(
            (1 + grams.shape[0]) / (1 + np.bincount(grams.indices, minlength=grams.shape[1]))
        ).astype(np.float32)
        + 1
    )
    rows = sparse.hstack([weigh_grams(grams, rarity), sparse.csr_matrix(forms * FORM)]).tocsr()
    of_label = pd.Series(weights).groupby(labels).transform("sum").to_numpy()
    balanced = weights * (of_label.mean() / of_label) ** BALANCE
    svm = LinearSVC(C=COST, tol=1e-2, random_state=SEED).fit(
        rows, labels, sample_weight=balanced * len(weights) / balanced.sum()
    )
    coefficients = svm.coef_.T.astype(np.float32)
    size = grams.shape[1]
    level = usual.loc[list(svm.classes_)].to_numpy(dtype=np.float32) ** LEVEL
    return Model(
        labels=tuple(svm.classes_),
        grams=coefficients[:size],
        forms=coefficients[size:] * FORM,
        intercept=svm.intercept_.astype(np.float32),
        rarity=rarity,
        usual=level / level.sum(),
        certainty=np.array([[0, 1], [0, 1]], dtype=np.float32),
        sharpness=SHARPNESS,
        habit=HABIT,
    )


def fold_of(accounts: pd.Series) -> np.ndarray:
    names = np.array(sorted(accounts.unique()), dtype=object)
    np.random.RandomState(SEED).shuffle(names)
    place = {name: number % FOLDS for number, name in enumerate(names)}
    return accounts.map(place).to_numpy()


def key_of(title: str) -> str:
    return re.sub(r"\W|\d", "", title)


class Material:
    """All rows with their features: the weak set first, our own after it."""

    def __init__(self, *, extra: bool = True) -> None:
        self.lexicon = Lexicon(shipped_rules("purpose.txt", PURPOSES))
        self.weak = load_weak()
        self.extra = load_extra(self.lexicon, self.weak) if extra else self.weak.head(0)
        both = pd.concat([self.weak, self.extra], ignore_index=True)
        self.accounts, self.labels = (
            both["account"].to_numpy(dtype=object),
            both["purpose"].to_numpy(dtype=object),
        )
        self.keys = both["title"].map(key_of)
        self.weights = np.r_[np.ones(len(self.weak)), np.full(len(self.extra), EXTRA)]
        titles = list(both["title"])
        self.grams = count_grams(titles)
        self.forms = describe_forms(self.lexicon.read_titles(titles), sorted(set(self.labels)))

    def train_without(self, accounts: set[str], keys: set[str]) -> Model:
        """A model that saw neither these accounts nor these titles."""
        kept = ~(pd.Series(self.accounts).isin(accounts) | self.keys.isin(keys)).to_numpy()
        weak = kept[: len(self.weak)]
        usual = self.weak["purpose"][weak].value_counts(normalize=True)
        return fit(self.grams[kept], self.forms[kept], self.labels[kept], self.weights[kept], usual)


def cross_validate(
    material: Material, digests: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The purpose of each weak row as duibiao would say it, without and with the digest, and the
    labels' shares, from models that never saw its account.
    """
    size = len(material.weak)
    folds = fold_of(material.weak["account"])
    titles = material.weak["title"].to_numpy(dtype=object)
    found, told = np.empty(size, dtype=object), np.empty(size, dtype=object)
    beginnings, nothing = np.array(digests, dtype=object), np.full(size, "", dtype=object)
    shares = np.zeros((size, len(set(material.labels))))
    for fold in range(FOLDS):
        held = np.flatnonzero(folds == fold)
        model = material.train_without(set(material.accounts[held]), set(material.keys[held]))
        readings = material.lexicon.read_titles(list(titles[held]))
        shares[held] = weigh_habits(
            soften(model.score(readings), model.sharpness),
            material.accounts[held],
            usual=model.usual,
            habit=model.habits,
        )
        curved = replace(model, certainty=draw_certainty(material, shares, folds, fold))
        for answers, read in ((found, nothing), (told, beginnings)):
            decided = decide_purposes(
                list(titles[held]),
                list(read[held]),
                material.accounts[held],
                model=curved,
                lexicon=material.lexicon,
            )
            answers[held] = [purpose for purpose, _, _ in decided]
    return found, told, shares


def draw_certainty(
    material: Material, shares: np.ndarray, folds: np.ndarray, before: int = FOLDS
) -> np.ndarray:
    """Share -> how often right, over the folds before this one; the identity for the first."""
    labels = np.array(sorted(set(material.labels)), dtype=object)
    done = folds < before
    if not done.any():
        return np.array([[0, 1], [0, 1]], dtype=np.float32)
    best = shares[done].max(axis=1)
    right = labels[shares[done].argmax(axis=1)] == material.labels[: len(folds)][done]
    bins = (
        pd.DataFrame({"share": best, "right": right})
        .groupby(pd.qcut(best, POINTS, labels=False, duplicates="drop"))
        .mean()
    )
    return np.vstack([bins["share"], np.maximum.accumulate(bins["right"])]).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    material = Material()
    truth = material.weak["purpose"].to_numpy(dtype=object)
    digests = load_digests(material.weak)
    found, told, shares = cross_validate(material, digests)
    certainty = draw_certainty(material, shares, fold_of(material.weak["account"]))
    print(
        "share -> right:", "  ".join(f"{share:.2f} -> {right:.2f}" for share, right in certainty.T)
    )
    labels = sorted(set(truth))
    answered = np.isin(found, labels)
    print(classification_report(truth, found, labels=labels, zero_division=0, digits=3))
    print(
        f"answered {answered.mean():.3f}, accuracy among answered "
        f"{(truth == found)[answered].mean():.3f}"
    )
    print(
        f"{len(truth)} titles of {material.weak['account'].nunique()} accounts, "
        f"{len(material.extra)} more to train on; macro-F1 "
        f"{f1_score(truth, found, labels=labels, average='macro'):.3f}"
    )
    known = np.array([len(digest) >= 10 for digest in digests])
    for name, answers in (("titles only", found), ("with digests", told)):
        print(
            f"the {known.sum()} with a digest, {name}: macro-F1 "
            f"{f1_score(truth[known], answers[known], labels=labels, average='macro'):.3f}, right "
            f"{(truth == answers)[known].mean():.3f}"
        )
    if wanted.write:
        content = pack_model(replace(material.train_without(set(), set()), certainty=certainty))
        (ROOT / "analysis" / "lexicons" / "purpose.npz").write_bytes(content)
        print(f"purpose.npz: {len(content) / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
