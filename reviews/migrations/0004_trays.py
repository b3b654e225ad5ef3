import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_one_service_a_name"), ("reviews", "0003_runs_of_hard_content")]
    operations = [
        migrations.CreateModel(
            name="Tray",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("files", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=dict)),
                ("found", models.JSONField(default=dict)),
                ("put_at", models.DateTimeField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.person")),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.project"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("project", "person"), name="reviews_tray_once")],
                "indexes": [models.Index(fields=["put_at"], name="reviews_tray_oldest")],
            },
        ),
    ]
