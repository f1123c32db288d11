from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='cursor',
            name='hole_xmax',
        ),
        migrations.RemoveField(
            model_name='cursor',
            name='holes',
        ),
        migrations.AddField(
            model_name='cursor',
            name='gaps',
            field=models.JSONField(default=list),
        ),
    ]
