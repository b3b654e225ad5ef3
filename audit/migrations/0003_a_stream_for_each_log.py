import uuid

from django.db import migrations, models


def name_logs(apps, schema_editor):
    """Give each log an id of its own: the default was computed once for all."""
    log = apps.get_model("audit", "Log")
    for one in log.objects.all():
        one.uuid = uuid.uuid4()
        one.save(update_fields=["uuid"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_the_first_log")]
    operations = [
        migrations.AddField("log", "uuid", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.RunPython(name_logs, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("log", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AddField("log", "sseq", models.IntegerField(default=0)),
        migrations.AddField("log", "head", models.BinaryField(null=True)),
        migrations.AddField("log", "alarm", models.CharField(blank=True, default="", max_length=32)),
        migrations.AddField("log", "alarm_at", models.DateTimeField(null=True)),
    ]
