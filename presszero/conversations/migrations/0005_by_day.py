from django.db import migrations, models


class Migration(migrations.Migration):
    """What happened on a day is found by its time, without reading everything that ever happened."""

    dependencies = [
        ('conversations', '0004_order_of_work'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['merchant', 'at'], name='message_by_day'),
        ),
        migrations.AddIndex(
            model_name='resolution',
            index=models.Index(fields=['merchant', 'at'], name='resolution_by_day'),
        ),
        migrations.AddIndex(
            model_name='resolution',
            index=models.Index(condition=models.Q(('reopened_at__isnull', False)), fields=['merchant', 'reopened_at'], name='reopened_by_day'),
        ),
    ]
