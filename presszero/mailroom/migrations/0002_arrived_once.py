from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat


def name_old_ones(apps, editor):
    """Arrivals from before had no id of their own: their row's number is one."""
    arrivals = apps.get_model("mailroom", "Arrival").objects.filter(external_id="")
    arrivals.update(external_id=Concat(Value("arrival:"), Cast(F("id"), models.CharField())))


class Migration(migrations.Migration):
    atomic = False  # the update leaves trigger events behind, and the constraint wants none
    dependencies = [("mailroom", "0001_initial")]
    operations = [
        migrations.AddField("arrival", "external_id", models.CharField(default="", max_length=300), preserve_default=False),
        migrations.RunPython(name_old_ones, migrations.RunPython.noop),
        migrations.AddConstraint(
            "arrival",
            models.UniqueConstraint(fields=["merchant", "line_id", "external_id"], name="arrived_once"),
        ),
    ]
