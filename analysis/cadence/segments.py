"""Where the mean of a signal of weeks changes, tested and dated: plain arrays, no accounts.

Candidates come from ruptures (exact l2 segmentation, every week tried, penalty scaled by the
noise); each then has to pass a permutation test against the signal's own fluctuation, so that a
lively signal needs a greater change than a clockwork one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["MIN_STRETCH", "SEED", "Cut", "date_cut", "find_cuts"]

MIN_STRETCH = 8  # weeks: a shorter spell is an episode (a sale, a holiday), not a change
SEED = 20260101
_ALPHA = 0.01
# of the noise × log n: at 1.5 twice as many false changes stand, at 2.5 the first true ones are
# lost
_PENALTY = 2.25
_RESAMPLES, _REDRAWN = 499, 400
_SLACK = 0.5  # half a standard deviation of a square-rooted Poisson count


class Cut:
    """One change in a signal: the index it begins at, and the stretch it was tested in."""

    def __init__(self, begin: int, at: int, end: int, p: float) -> None:
        self.begin, self.at, self.end, self.p = begin, at, end, p


def find_cuts(signal: Any) -> list[Cut]:
    """Changes of the mean of a signal (weeks × dimensions) that stand the permutation test, the
    weakest dropped one by one.
    """
    n = len(signal)
    if n < 2 * MIN_STRETCH:
        return []
    # loads all of scipy.stats: 1 s of its own, and an account with little history has no need of it
    import ruptures

    noise = float((np.diff(signal, axis=0) ** 2).sum(axis=1).mean() / 2)
    model = ruptures.KernelCPD(kernel="linear", min_size=MIN_STRETCH, jump=1).fit(
        np.ascontiguousarray(signal, dtype="float64")
    )
    ends = model.predict(pen=max(_PENALTY * noise * np.log(n), 1e-6))[:-1]
    while ends:
        edges = [0, *ends, n]
        cuts = [Cut(edges[i], edges[i + 1], edges[i + 2], 1.0) for i in range(len(ends))]
        for cut in cuts:
            cut.p = _permutation_p(signal[cut.begin : cut.end], cut.at - cut.begin)
        weakest = max(cuts, key=lambda cut: (cut.p, -abs(cut.at)))
        if weakest.p <= _ALPHA:
            return cuts
        ends.remove(weakest.at)
    return []


def _permutation_p(signal: Any, at: int) -> float:
    """How often blocks of the same weeks, shuffled, show a change as great anywhere: the p of a
    change at `at`.
    """
    n = len(signal)
    rng = np.random.default_rng(SEED)
    block = max(1, round(n ** (1 / 3)))
    blocks = -(-n // block)
    ups_and_downs = np.concatenate(
        [signal[:at] - signal[:at].mean(axis=0), signal[at:] - signal[at:].mean(axis=0)]
    ) * np.sqrt(n / (n - 2))
    order = rng.permuted(np.tile(np.arange(blocks), (_RESAMPLES, 1)), axis=1)
    index = (order[:, :, None] * block + np.arange(block)).reshape(_RESAMPLES, -1)
    index = (index + rng.integers(0, n, size=(_RESAMPLES, 1)))[:, :n] % n
    gains = _split_gains(ups_and_downs[index], least=MIN_STRETCH).max(axis=1)
    gain = _split_gains(signal[None], least=1)[0, at - 1]
    return float((1 + (gains >= gain - 1e-9).sum()) / (_RESAMPLES + 1))


def _split_gains(signals: Any, *, least: int) -> Any:
    """For each of many signals (signals × weeks × dimensions): how much squared error each split
    saves, from `least` weeks on either side.
    """
    n = signals.shape[1]
    k = np.arange(least, n - least + 1)
    left = np.cumsum(signals, axis=1)
    total, left = left[:, -1:, :], left[:, k - 1, :]
    gap = left / k[None, :, None] - (total - left) / (n - k)[None, :, None]
    return (gap**2).sum(axis=2) * (k * (n - k) / n)


def date_cut(signal: Any, countable: Any, mondays: Any, cut: Cut, *, silent: Any) -> dict[str, Any]:
    """The Monday a change begins on, and the 95 % interval of that Monday.

    Weeks set aside just before it belong to the side they fit; those below both rates (a holiday)
    fit neither, and their middle is taken. After a pause it begins with the first week that is no
    part of it.
    """
    places, used = np.flatnonzero(countable), signal[countable]
    before, after = used[cut.begin : cut.at].mean(axis=0), used[cut.at : cut.end].mean(axis=0)
    low, high = places[cut.at - 1] + 1, places[cut.at]
    between = signal[low:high]
    consistent = (between >= np.minimum(before, after) - _SLACK).all(axis=1)
    lean = np.where(
        consistent, ((between - before) ** 2 - (between - after) ** 2).sum(axis=1), 0
    )  # above 0: fits the time after
    fit = np.concatenate([[0], np.cumsum(lean)])
    begins = low + np.flatnonzero(fit <= fit.min() + 1e-9)
    if silent[low:high].any():
        begins = np.array([high])
    drawn = places[_redraw_cut(used[cut.begin : cut.end], cut.at - cut.begin) + cut.begin]
    ends = np.quantile(drawn, [0.025, 0.975], method="nearest").astype(int)
    days = mondays[[begins[len(begins) // 2], min(ends[0], begins[0]), max(ends[1], begins[-1])]]
    return {"date": days[0], "date_low": days[1], "date_high": days[2], "p": cut.p}


def _redraw_cut(signal: Any, at: int) -> Any:
    """Where the best split falls when each side's weeks are drawn again."""
    rng = np.random.default_rng(SEED)
    n = len(signal)
    index = np.concatenate(
        [rng.integers(0, at, size=(_REDRAWN, at)), rng.integers(at, n, size=(_REDRAWN, n - at))],
        axis=1,
    )
    return _split_gains(signal[index], least=1).argmax(axis=1) + 1
