import secrets

from django.db import migrations


def found(apps, schema_editor):
    """Give the installation its id and its clock a pseudonym."""
    apps.get_model("accounts", "Installation").objects.create(id=1, clock=f"x_{secrets.token_hex(12)}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people_and_projects")]
    operations = [migrations.RunPython(found, migrations.RunPython.noop)]
