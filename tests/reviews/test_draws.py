import hashlib
import hmac
from decimal import Decimal, getcontext, localcontext
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.rights import drawn, draws, month_seed, seed_commitment, unit

PROJECT = UUID("018F2D1E-7C3A-7000-8000-00000000ABCD")
MASTER = bytes(range(32))
MONTH = "2026-11"
SEED = month_seed(MASTER, PROJECT, MONTH)

rates = st.decimals(min_value=0, max_value=1, places=6)
external_ids = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=200)


def redone(master, project, month, purpose, external_id, pi):
    """A stranger's verifier: the standard library, the design's formula, nothing of ours."""
    from fractions import Fraction

    def mac(key, *parts):
        return hmac.new(key, b"\x1f".join(part.encode("utf-8") for part in parts), hashlib.sha256).digest()

    seed = mac(master, "hitl-seed/v1", str(project).lower(), month)
    u = mac(seed, "hitl-draw/v1", str(project).lower(), purpose, external_id)[:8].hex()
    share = Fraction(pi) * 2**64
    return {
        "purpose": purpose,
        "month": month,
        "pi": pi,
        "u": u,
        "drawn": int(u, 16) < share.numerator // share.denominator,
    }


def test_the_seed_and_its_commitment_meet_the_golden_vectors():
    assert SEED.hex() == "b53332b03a01c8ea7d47249f7f5a001f87b3217f6b4a5e953af0ed24e8d9ee7a"
    assert seed_commitment(SEED).hex() == "e17c26a07004dab7cd665a2c4f2de02081ea214f274edb3f9d027c03cf8a2c95"


@pytest.mark.parametrize(
    ("purpose", "external_id", "u"),
    [
        ("audit", "frame-000123", 0xF1006DA120357894),
        ("audit", "order-7", 0x2C6465EA697C10DD),
        ("second", "frame-000123", 0xB5879696EEB5F3A1),
        ("second", "order-7", 0x4773F3CCAD5D159C),
        ("evaluation", "frame-000123", 0x8465E9FE37844148),
        ("evaluation", "order-7", 0x7EBEC1806EC6361A),
        ("fresh", "frame-000123", 0xE5D6B20C00512DF7),
        ("fresh", "order-7", 0xF82248021108FE03),
    ],
)
def test_u_meets_the_golden_vectors_of_another_hmac(purpose, external_id, u):
    # Made with `openssl dgst -sha256 -mac HMAC`, apart from this code.
    assert unit(SEED, PROJECT, purpose, external_id) == u


def test_draws_stand_in_their_order_and_only_above_rate_zero():
    made = draws(
        SEED,
        PROJECT,
        MONTH,
        "order-7",
        {"fresh": Decimal(1), "second": Decimal(0), "evaluation": Decimal("0.0"), "audit": Decimal("0.20")},
    )
    assert made == [
        {"purpose": "audit", "month": MONTH, "pi": "0.2", "u": "2c6465ea697c10dd", "drawn": True},
        {"purpose": "fresh", "month": MONTH, "pi": "1", "u": "f82248021108fe03", "drawn": True},
    ]


def test_u_keeps_its_leading_zeros_as_16_digits():
    found = next(n for n in range(2000) if unit(SEED, PROJECT, "audit", str(n)) < 2**56)
    assert len(draws(SEED, PROJECT, MONTH, str(found), {"audit": Decimal(1)})[0]["u"]) == 16


@given(external_ids, rates, st.sampled_from(["audit", "second", "evaluation", "fresh"]))
def test_a_stranger_redoes_every_draw_with_the_standard_library(external_id, pi, purpose):
    for made in draws(SEED, PROJECT, MONTH, external_id, {purpose: pi}):
        assert made == redone(MASTER, PROJECT, MONTH, purpose, external_id, made["pi"])
        assert Decimal(made["pi"]) == pi


@given(st.integers(0, 2**64 - 1), rates, rates)
def test_rates_nest_so_raising_one_keeps_every_earlier_pick(u, one, other):
    low, high = sorted((one, other))
    assert not drawn(u, low) or drawn(u, high)


@given(st.integers(0, 2**64 - 1))
def test_rate_zero_draws_nothing_and_rate_one_everything(u):
    assert not drawn(u, Decimal(0))
    assert drawn(u, Decimal(1))


def test_the_edge_of_a_rate_is_exact_to_the_last_bit():
    pi = Decimal("0.7")
    edge = 7 * 2**64 // 10
    assert drawn(edge - 1, pi)
    assert not drawn(edge, pi)
    assert drawn(2**63 - 1, Decimal("0.5"))
    assert not drawn(2**63, Decimal("0.5"))


def test_the_precision_in_force_does_not_change_a_draw():
    pi, edge = Decimal("0.123456789012345678901234567891"), 123456789012345678901234567891 * 2**64 // 10**30
    with localcontext(getcontext()) as context:
        context.prec = 3
        assert drawn(edge - 1, pi) and not drawn(edge, pi)
        assert draws(SEED, PROJECT, MONTH, "a", {"audit": pi})[0]["pi"] == str(pi)


def test_a_share_of_items_near_the_rate_is_drawn():
    hits = sum(drawn(unit(SEED, PROJECT, "audit", f"item-{n}"), Decimal("0.15")) for n in range(20_000))
    assert abs(hits - 3000) < 4 * (20_000 * 0.15 * 0.85) ** 0.5


def test_projects_months_and_purposes_draw_apart():
    other = UUID(int=1)
    assert len({SEED, month_seed(MASTER, PROJECT, "2026-12"), month_seed(MASTER, other, MONTH)}) == 3
    us = {unit(SEED, project, purpose, "a") for project in (PROJECT, other) for purpose in ("audit", "second")}
    assert len(us) == 4


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "26-11", "2026-11-01", "2026-11\n", ""])
def test_a_month_that_is_none_is_refused(month):
    with pytest.raises(ValueError, match="not a month"):
        month_seed(MASTER, PROJECT, month)


@pytest.mark.parametrize("pi", ["-0.1", "1.0001"])
def test_a_rate_outside_zero_to_one_is_refused(pi):
    with pytest.raises(ValueError, match="not a rate"):
        draws(SEED, PROJECT, MONTH, "a", {"audit": Decimal(pi)})


def test_a_purpose_that_intake_does_not_draw_is_refused():
    with pytest.raises(ValueError, match="gold"):
        draws(SEED, PROJECT, MONTH, "a", {"gold": Decimal(1)})
