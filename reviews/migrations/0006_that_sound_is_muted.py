from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_batches")]
    operations = [migrations.AddField("setup", "mute", models.BooleanField(default=False))]
