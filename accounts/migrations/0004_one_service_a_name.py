from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_one_sign_in_an_address")]
    operations = [
        migrations.AddConstraint(
            model_name="service",
            constraint=models.UniqueConstraint(fields=["name"], name="accounts_service_name_once"),
        ),
    ]
