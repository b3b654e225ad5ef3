from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_the_loop")]
    operations = [
        migrations.AddField("setup", "blur", models.BooleanField(default=False)),
        migrations.AddField("setup", "grey", models.BooleanField(default=False)),
        migrations.AddField("setup", "may_lift", models.BooleanField(default=False)),
        migrations.AddField("setup", "hard_items", models.IntegerField(null=True)),
        migrations.AddField("setup", "hard_minutes", models.IntegerField(null=True)),
        migrations.AddField("setup", "break_minutes", models.IntegerField(default=10)),
        migrations.AddConstraint(
            "setup",
            models.CheckConstraint(
                condition=(models.Q(hard_items__isnull=True) | models.Q(hard_items__range=(1, 1000)))
                & (models.Q(hard_minutes__isnull=True) | models.Q(hard_minutes__range=(1, 480)))
                & models.Q(break_minutes__range=(1, 480)),
                name="reviews_setup_break",
            ),
        ),
    ]
