import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def lift_guards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let columns go that SQLite's triggers speak of; every migrate puts the guards back."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'reviews_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_who_wants_sound_muted"),
        ("audit", "0006_anchors_as_they_came_back"),
        ('reviews', '0010_replays'),
    ]

    operations = [
        migrations.RunPython(lift_guards, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Onlooker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.person"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="reviews.task"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="seat",
            name="compared",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="seat",
            name="kept_for",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="kept_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="setup",
            name="names_to_adjudicator",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="returned_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(
                condition=models.Q(("kept_for__isnull", False)), fields=["kept_for", "id"], name="reviews_seat_rework"
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_for__isnull", True), ("kept_until__isnull", True)),
                    models.Q(("compared", True), ("kept_for__isnull", False), ("kept_until__isnull", False)),
                    _connector="OR",
                ),
                name="reviews_seat_kept_for_rework",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returned_by__isnull", True),
                    models.Q(("returned_by", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="reviews_withdrawal_returned_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="onlooker",
            constraint=models.UniqueConstraint(fields=("task", "person"), name="reviews_onlooker_once"),
        ),
        migrations.RunPython(migrations.RunPython.noop, lift_guards),
    ]
