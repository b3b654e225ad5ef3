from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_assets")]
    operations = [migrations.AddField("asset", "duration_ms", models.BigIntegerField(null=True))]
