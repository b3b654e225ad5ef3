"""Foreign keys point down the floors of the house, as imports do; import-linter cannot see those given as strings."""

import configparser
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent


def floors() -> list[set[str]]:
    """Read the floors from the contract of imports, the top one first."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lines = contracts["importlinter:contract:floors"]["layers"].split("\n")
    return [{app.strip() for app in line.split("|")} for line in lines if line.strip()]


LEVEL = {app: level for level, floor in enumerate(reversed(floors())) for app in floor}


def test_every_app_of_ours_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert ours == LEVEL.keys()


@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in LEVEL],
    ids=lambda model: model._meta.label,
)
def test_a_foreign_key_points_down_or_stays(model):
    up = []
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or field.related_model is None:
            continue
        target = field.related_model._meta.app_label
        stays = target == model._meta.app_label
        if target in LEVEL and not stays and LEVEL[target] >= LEVEL[model._meta.app_label]:
            up.append(f"{field} points at {field.related_model._meta.label}")
    assert not up
