import uuid

from django.conf import settings
from django.db import migrations


def open_log(apps, schema_editor):
    """Open the installation's log; its origin never changes afterwards."""
    origin = settings.LEDGER_ORIGIN or f"hitl.invalid/{uuid.uuid4()}"
    apps.get_model("audit", "Log").objects.create(origin=origin)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_ledger")]
    operations = [migrations.RunPython(open_log, migrations.RunPython.noop)]
