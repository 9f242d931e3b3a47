"""The quick form of `make soak`."""

from tests.reliability.soak import soak


def test_a_crawl_through_faults_ends_complete() -> None:
    done = soak(8, seed=3)
    assert (done.lost, done.doubled, done.sound) == (0, 0, "ok")
    assert sum(done.faults.values()) >= 1
    assert done.peak_mb < 300
