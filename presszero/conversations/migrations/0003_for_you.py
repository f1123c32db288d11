from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_what_a_merge_opened'),
        ('merchants', '0001_initial'),
        ('team', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='follower',
            index=models.Index(fields=['merchant', 'member'], name='follows_what'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['merchant', 'member'], name='mention_unseen'),
        ),
    ]
