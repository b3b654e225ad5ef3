"""Commands load the libraries that they use: an export of any size fits into 100 MB."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.one_engine

UNUSED = {"PIL", "av", "boto3", "jsonschema", "markdown_it", "nh3", "puremagic", "rich"}
LOAD = """
import sys
import django
django.setup()
import hitl.exporting
print(*sys.modules)
"""


def test_an_export_loads_no_library_that_pictures_forms_and_terminals_need():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "hitl.settings"}
    told = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    assert UNUSED & set(told.stdout.split()) == set()
