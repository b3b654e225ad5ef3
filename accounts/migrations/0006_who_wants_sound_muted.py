from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_what_each_person_prefers")]
    operations = [migrations.AddField("preference", "mute", models.BooleanField(null=True))]
