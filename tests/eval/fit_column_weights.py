"""Make analysis/lexicons/column_weights.json: the weights that tell content columns from other
marks that come back.

    python tests/eval/fit_column_weights.py SHARED_FOLDER [--write]

Reads the account histories in SHARED_FOLDER/sets and column_labels.csv beside this file: for each
recurring mark of some 260 accounts whether a reader took it for a content column. Marks and
accounts are in there as hashes, so nobody's titles can be read out of it; of the titles only
numbers reach the weights. Prints cross-validated figures over accounts, and with --write the
weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from analysis.columns.candidates import collect_candidates, read_titles
from analysis.columns.scoring import FEATURES, History, measure_features
from analysis.text.normalize import normalize_key

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE.parent.parent / "analysis" / "lexicons" / "column_weights.json"
STRENGTH = 0.1  # inverse regularisation, chosen by log loss in cross-validation


def digest(*parts: str) -> str:
    """What stands for an account or a mark in the labels."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def load_histories(folder: Path) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """(account id, name, rows: title, time, slot) of every account, in order of time."""
    for name, key, slot in (
        ("feeds_2021", "biz", "pos_in_push"),
        ("scholar_histories", "gh_id", "idx"),
    ):
        held = pd.read_csv(folder / "sets" / f"{name}.csv.gz", dtype=str, keep_default_na=False)
        for account_id, part in held.rename(columns={slot: "slot", "publish_time": "time"}).groupby(
            key
        ):
            rows = part.sort_values(["time", "slot"], kind="stable")[["title", "time", "slot"]]
            yield str(account_id), part["account"].iat[0], rows.reset_index(drop=True)


def build_history(name: str, rows: pd.DataFrame) -> History:
    """Where and when each title stood."""
    times = pd.to_datetime(rows["time"].str[:16], errors="coerce", format="mixed")
    days = [None if pd.isna(at) else at.toordinal() for at in times]
    return History(
        normalize_key(name),
        days,
        rows["time"].tolist(),
        [int(slot) if slot.isdigit() else None for slot in rows["slot"]],
    )


def load_examples(
    folder: Path,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Signs, labels and accounts of every labelled mark that the histories still hold."""
    labels = pd.read_csv(HERE / "column_labels.csv")
    windows = labels.groupby("account")[["start", "rows"]].first()
    answers = dict(zip(labels["mark"], labels["column"], strict=True))
    signs, truth, owners = [], [], []
    for account_id, name, every in load_histories(folder):
        if (owner := digest(account_id)) not in windows.index:
            continue
        start, n = windows.loc[owner]
        rows = every.iloc[start : start + n]
        titles = read_titles(rows["title"].tolist())
        candidates = collect_candidates(titles, [()] * len(titles))
        for candidate, row in zip(
            candidates, measure_features(candidates, titles, build_history(name, rows)), strict=True
        ):
            if (mark := digest(account_id, candidate.key)) in answers:
                signs.append(row)
                truth.append(answers[mark])
                owners.append(owner)
    print(
        f"{len(truth)} of {len(labels)} labelled marks found, {sum(truth)} are columns, "
        f"{len(set(owners))} accounts"
    )
    return np.array(signs), np.array(truth), np.array(owners)


def main() -> None:
    """Read, cross-validate, fit, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    signs, truth, owners = load_examples(args.shared)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))
    likely = cross_val_predict(
        model, signs, truth, groups=owners, cv=GroupKFold(10), method="predict_proba"
    )[:, 1]
    print(
        f"accounts left out (10 folds): AUC {roc_auc_score(truth, likely):.3f}, F1 "
        f"{f1_score(truth, likely > 0.5):.3f}, log loss {log_loss(truth, likely):.3f}"
    )
    scaler, fitted = model.fit(signs, truth)[0], model[-1]
    weights = fitted.coef_[0] / scaler.scale_
    intercept = fitted.intercept_[0] - (weights * scaler.mean_).sum()
    made = {
        "intercept": round(float(intercept), 4),
        "weights": {
            sign: round(float(weight), 4) for sign, weight in zip(FEATURES, weights, strict=True)
        },
    }
    if args.write:
        WEIGHTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        print(f"written: {WEIGHTS}", file=sys.stderr)


if __name__ == "__main__":
    main()
