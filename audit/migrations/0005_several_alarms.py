from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_heartbeats")]
    operations = [
        migrations.AlterField("log", "alarm", models.CharField(blank=True, default="", max_length=200)),
    ]
