"""Check the demo's committed inputs against each other: ``python3 demo/scripts/check_inputs.py``.

Standard library only.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parent.parent
PROJECTS = ["photos", "reviews", "credit"]
MEDIA_BYTES, DEMO_BYTES, LONG_SIDE = 4_000_000, 6_000_000, 640
TAKEN_KEYS = set("acreszjkngqbmv0?")
ITEM_KEYS = {
    "external_id",
    "model",
    "prediction",
    "confidence",
    "scores",
    "data",
    "segments",
    "impact",
    "cost",
    "units",
    "occurred_at",
}
PROJECT_KEYS = {
    *("slug", "name", "task_type", "time_zone", "currency"),
    *("language", "labels", "error_categories", "segments", "queues"),
    *("rights", "schema", "decisive", "show_prediction", "show_confidence"),
}
RIGHTS_KEYS = {
    *("v", "routing", "otherwise", "no_confidence", "high_impact"),
    *("verdicts", "disagreement", "overrides", "escalation", "service_levels"),
    *("on_deadline", "audit", "quality", "sets", "release_after"),
    *("lease", "ladder"),
}
ROLES = {"reviewer", "adjudicator", "operations", "guideline_editor", "compliance", "records_officer"}
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def jpeg_size(path: Path) -> tuple[int, int]:
    """Width and height from the start-of-frame segment."""
    content, at = path.read_bytes(), 2
    while content[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])


def choices(project: dict[str, Any]) -> set[str]:
    """What an answer may be: the labels' codes, or the decisions that the form admits."""
    if project["task_type"] == "form":
        return set(project["schema"]["properties"]["decision"]["enum"])
    return {label["code"] for label in project["labels"]}


def chosen(output: dict[str, Any], project: dict[str, Any]) -> list[str]:
    if project["task_type"] == "form":
        return [output["decision"]] if set(output) == {"decision"} else [f"{sorted(output)}"]
    return list(output["labels"]) if set(output) == {"labels"} and len(output["labels"]) == 1 else [f"{sorted(output)}"]


def project_faults(project: dict[str, Any], slug: str) -> Iterator[str]:
    if project["slug"] != slug or set(project) - PROJECT_KEYS:
        yield f"slug or keys: {set(project) - PROJECT_KEYS}"
    keys = [label["key"] for label in project.get("labels", [])]
    if len(keys) != len(set(keys)) or set(keys) & TAKEN_KEYS or any(len(key) != 1 for key in keys):
        yield f"label keys {keys}"
    queues = {queue["slug"] for queue in project["queues"]}
    rights = project["rights"]
    if unknown := set(rights) - RIGHTS_KEYS:
        yield f"rights: unknown {unknown}"
    arms = [rule["then"] for rule in rights["routing"]] + [
        rights["otherwise"],
        rights["no_confidence"],
        rights["high_impact"],
    ]
    for arm in arms:
        if (arm["arm"] == "review") != ("queue" in arm) or arm.get("queue", "general") not in queues:
            yield f"rights: {arm}"
        if any(
            not isinstance(arm[key], str) or not 0 <= Decimal(arm[key]) <= 1
            for key in ("audit_rate", "second_share")
            if key in arm
        ):
            yield f"rights: a rate of {arm} is no share written as a string"
    if any(
        not isinstance(value, str)
        for rule in rights["routing"]
        for value in (condition["value"] for condition in rule["when"])
    ):
        yield "rights: a value is no string"
    if any(rule["on"] != "asked" for rule in rights["escalation"]):
        yield "rights: escalation other than asked"


def item_faults(item: dict[str, Any], project: dict[str, Any], folder: Path) -> Iterator[str]:
    admitted = choices(project)
    if unknown := set(item) - ITEM_KEYS:
        yield f"unknown {unknown}"
    if not re.fullmatch(r"[!-~]{1,200}", item["external_id"]):
        yield "external id"
    if not 0 <= item["confidence"] <= 1 or item["confidence"] != round(item["confidence"], 4):
        yield f"confidence {item['confidence']}"
    answer = chosen(item["prediction"], project)
    if set(answer) - admitted or set(item["scores"]) - admitted:
        yield f"unknown label {answer}, {set(item['scores']) - admitted}"
    elif item["scores"][answer[0]] != item["confidence"] or max(item["scores"].values()) != item["confidence"]:
        yield "confidence is not the proposed label's score, or not the largest"
    if abs(sum(item["scores"].values()) - 1) > 0.02:
        yield f"scores add up to {sum(item['scores'].values())}"
    if set(item["segments"]) - {*project["segments"], "language"} or item["impact"] not in ("normal", "high"):
        yield "segments or impact"
    if not TIMES.fullmatch(item["occurred_at"]) or not datetime.fromisoformat(item["occurred_at"]):
        yield f"occurred_at {item['occurred_at']}"
    if "cost" in item and not re.fullmatch(r"\d+\.\d\d", item["cost"]):
        yield f"cost {item['cost']}"
    if "image" in item["data"]:
        path = folder / "media" / item["data"]["image"]
        if not path.is_file():
            yield f"no file {path.name}"
        elif max(jpeg_size(path)) > LONG_SIDE:
            yield f"{path.name} is larger than {LONG_SIDE} pixels"


def folder_faults(slug: str) -> Iterator[str]:
    folder = DEMO / slug
    project, items, truth = (
        json.loads((folder / "project.json").read_text()),
        lines(folder / "items.jsonl"),
        lines(folder / "truth.jsonl"),
    )
    yield from project_faults(project, slug)
    ids = [item["external_id"] for item in items]
    if len(ids) != len(set(ids)):
        yield "an external id stands twice"
    if sorted(ids) != sorted(row["external_id"] for row in truth):
        yield "truth and items name different ids"
    for item in items:
        yield from (f"{item['external_id']}: {fault}" for fault in item_faults(item, project, folder))
    for row in truth:
        if set(chosen(row["answer"], project)) - choices(project):
            yield f"truth of {row['external_id']}: {row['answer']}"
    if (folder / "media").is_dir():
        files = set((folder / "media").iterdir())
        if unused := {path.name for path in files} - {item["data"]["image"] for item in items}:
            yield f"unused media {sorted(unused)}"
        if sum(path.stat().st_size for path in files) > MEDIA_BYTES:
            yield "media folder too large"
    answers = {row["external_id"]: row["answer"] for row in truth}
    right = sum(item["prediction"] == answers[item["external_id"]] for item in items) / len(items)
    low, high = (sum(item["confidence"] < bound for item in items) / len(items) for bound in (0.6, 0.9))
    print(f"{slug}: {len(items)} items, model right {right:.0%}, confidence below .6 {low:.0%}, below .9 {high:.0%}")


def team_faults() -> Iterator[str]:
    people = json.loads((DEMO / "team.json").read_text())["people"]
    emails = [person["email"] for person in people]
    if len(emails) != len(set(emails)) or any(not email.endswith("@demo.invalid") for email in emails):
        yield f"team: emails {emails}"
    given = {role["role"] for person in people for role in person["roles"]}
    if given != ROLES or not any(person.get("owner") for person in people):
        yield f"team: roles {given}"
    for person in people:
        if {role["project"] for role in person["roles"]} - set(PROJECTS) or not 0.8 <= person.get(
            "accuracy", 0.9
        ) <= 0.97:
            yield f"team: {person['email']}"


def main() -> int:
    faults = [f"{slug}: {fault}" for slug in PROJECTS for fault in folder_faults(slug)] + list(team_faults())
    size = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    if size > DEMO_BYTES:
        faults.append(f"demo is {size} bytes")
    print(f"{size / 1e6:.1f} MB, {len(faults)} faults", *faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
