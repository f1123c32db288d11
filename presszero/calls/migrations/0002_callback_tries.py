"""Which call was the last try of a call-back, and finding those that are due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]

    operations = [
        migrations.AddField("callback", "try_id", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "callback",
            models.Index(condition=models.Q(("state", "waits")), fields=["next_at"], name="callbacks_due"),
        ),
        migrations.AddIndex(
            "callback",
            models.Index(
                condition=models.Q(("try_id__isnull", False)), fields=["merchant", "try_id"], name="callback_of_try"
            ),
        ),
    ]
