import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_one_service_a_name"), ("reviews", "0002_how_hard_content_is_shown")]
    operations = [
        migrations.CreateModel(
            name="Exposure",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="accounts.person",
                    ),
                ),
                ("since_at", models.DateTimeField()),
                ("items", models.IntegerField()),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "exposure",
            models.CheckConstraint(
                condition=models.Q(items__gte=1) & models.Q(last_at__gte=models.F("since_at")),
                name="reviews_exposure_run",
            ),
        ),
    ]
