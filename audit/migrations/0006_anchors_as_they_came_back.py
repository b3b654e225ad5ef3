import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """No anchor was ever made before; the table is made anew."""

    dependencies = [("audit", "0005_several_alarms")]
    operations = [
        migrations.DeleteModel("Anchor"),
        migrations.CreateModel(
            "Anchor",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField()),
                ("kind", models.CharField(max_length=32)),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="anchor", to="audit.event"
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="audit.log"),
                ),
            ],
        ),
        migrations.AddConstraint(
            "anchor", models.UniqueConstraint(fields=["log", "kind", "size"], name="audit_anchor_place")
        ),
        migrations.CreateModel(
            "AnchorFailure",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("since", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("problem", models.TextField()),
                (
                    "log",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="audit.log"),
                ),
            ],
        ),
        migrations.AddConstraint(
            "anchorfailure", models.UniqueConstraint(fields=["log", "kind"], name="audit_anchorfailure_of_kind")
        ),
    ]
