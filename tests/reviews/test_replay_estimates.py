"""Errors estimated from audits drawn by chance: against published figures, and against known truths by simulation."""

import math
import random
from decimal import Decimal

import pytest

from reviews.rights import estimate
from reviews.rights.estimating import gamma_quantile, gamma_share, weighted_interval

pytestmark = pytest.mark.one_engine

BIRTHS = [327, 30666, 123419, 149919, 104088, 34392]
CASES = [0, 8, 63, 112, 262, 295]
STANDARD = [319933, 931318, 786511, 488235, 237863, 61313]


def test_the_interval_is_that_of_the_published_example():
    """Down's syndrome among fifth children and later ones, Michigan 1950-1964 (Fleiss 1981, table 14.4).

    Source: Fay and Feuer 1997, table II; figures to five places in the vignette of the R package dsrTest:
    75.52901, from 67.70212 to 188.30017.
    """
    weights = [1e5 * standard / (births * sum(STANDARD)) for standard, births in zip(STANDARD, BIRTHS, strict=True)]
    total = sum(weight * cases for weight, cases in zip(weights, CASES, strict=True))
    low, high = weighted_interval(list(zip(weights, CASES, strict=True)))
    assert (round(total, 5), round(low, 5), round(high, 5)) == (75.52901, 67.70212, 188.30017)


def test_the_estimate_is_that_of_horvitz_and_thompson():
    found = estimate([(Decimal("0.5"), 10, 3), (Decimal("0.1"), 20, 2), (Decimal("1"), 5, 4)])
    assert found is not None
    assert found.total == pytest.approx(3 / 0.5 + 2 / 0.1 + 4)
    assert 4 <= found.low < found.total < found.high


def test_where_nothing_was_drawn_nothing_is_estimated():
    assert estimate([]) is None
    assert estimate([(Decimal("0.1"), 0, 0)]) is None


def test_no_error_found_is_no_proof_of_none():
    found = estimate([(Decimal("0.1"), 50, 0)])
    assert found is not None
    assert (found.total, found.low) == (0, 0)
    assert found.high == pytest.approx(-math.log(0.025) * 10, rel=1e-6)  # 1/pi times the exact Poisson bound for none


def test_what_was_looked_at_whole_is_known():
    found = estimate([(Decimal("1"), 200, 7)])
    assert found is not None and (found.total, found.low, found.high) == (7, 7, 7)


@pytest.mark.parametrize(
    ("shape", "share", "value"), [(1, 0.975, 3.688879), (5, 0.025, 1.623486), (0.5, 0.5, 0.227468)]
)
def test_gamma_quantiles_are_half_those_of_the_chi_square_tables(shape, share, value):
    assert gamma_quantile(share, shape) == pytest.approx(value, rel=1e-5)
    assert gamma_share(gamma_quantile(share, shape), shape) == pytest.approx(share, rel=1e-9)


def sampled(chance: random.Random, wrong: dict[str, tuple[int, int]]) -> list[tuple[Decimal, int, int]]:
    """Draw audits of items (all, wrong) by rate."""
    rows = []
    for pi, (count, errors) in wrong.items():
        found = sum(chance.random() < float(pi) for _ in range(errors))
        others = sum(chance.random() < float(pi) for _ in range(count - errors))
        rows.append((Decimal(pi), found + others, found))
    return rows


@pytest.mark.parametrize(
    "wrong",
    [
        {"0.02": (3000, 30), "0.15": (800, 60), "1": (50, 10)},
        {"0.05": (2000, 4)},
        {"0.5": (400, 40), "0.9": (100, 30)},
    ],
)
def test_the_estimate_is_right_on_average_and_its_interval_covers_the_truth(wrong):
    chance = random.Random(20261129)
    truth = sum(errors for _count, errors in wrong.values())
    runs = 600
    totals, covered = [], 0
    for _ in range(runs):
        found = estimate(sampled(chance, wrong))
        assert found is not None
        totals.append(found.total)
        covered += found.low <= truth <= found.high
    spread = math.sqrt(sum((total - truth) ** 2 for total in totals) / runs)
    assert abs(sum(totals) / runs - truth) < 4 * spread / math.sqrt(runs)
    assert covered / runs >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / runs)


def test_the_mean_of_what_was_looked_at_would_be_wrong():
    chance = random.Random(7)
    wrong = {"0.02": (3000, 30), "0.9": (800, 300)}
    rows = sampled(chance, wrong)
    looked, errors = sum(row[1] for row in rows), sum(row[2] for row in rows)
    found = estimate(rows)
    assert found is not None and found.low <= 330 <= found.high
    assert 3800 * errors / looked > 2 * 330
