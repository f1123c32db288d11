from django.db import migrations

# Those who wait now said nothing of the matter yet: their turn is when their answer is due.
GIVE_TURNS = """
UPDATE conversations_conversation SET work_at = coalesce(due_at, waiting_since)
WHERE waiting_since IS NOT NULL AND work_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [('conversations', '0003_reasons')]

    operations = [migrations.RunSQL(GIVE_TURNS, migrations.RunSQL.noop)]
