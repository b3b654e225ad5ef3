from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_a_stream_for_each_log")]
    operations = [
        migrations.RemoveConstraint("checkpoint", "audit_checkpoint_size"),
        migrations.AddConstraint(
            "checkpoint",
            models.UniqueConstraint(fields=["log", "size", "created_at"], name="audit_checkpoint_moment"),
        ),
    ]
