import django.db.models.deletion
import django.db.models.functions.datetime
import presszero.merchants.owned
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_id', models.BigIntegerField()),
                ('external_id', models.CharField(max_length=300)),
                ('lane', models.SmallIntegerField()),
                ('payload', models.JSONField()),
                ('arrived_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Received',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_id', models.BigIntegerField()),
                ('external_id', models.CharField(max_length=300)),
                ('lane', models.SmallIntegerField()),
                ('headers', models.JSONField(default=dict)),
                ('body', models.BinaryField()),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('split_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(db_default=0)),
                ('backfill', models.BooleanField(db_default=False)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Quarantine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_id', models.BigIntegerField()),
                ('sender', models.CharField(blank=True, default='', max_length=320)),
                ('subject', models.CharField(blank=True, default='', max_length=300)),
                ('reason', models.TextField()),
                ('tries', models.PositiveSmallIntegerField(default=1)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, default='', max_length=40)),
                ('outcome', models.CharField(blank=True, default='', max_length=12)),
                ('arrival', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mailroom.arrival')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('received', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mailroom.received')),
            ],
        ),
        migrations.AddField(
            model_name='arrival',
            name='received',
            field=presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='mailroom.received'),
        ),
        migrations.AddIndex(
            model_name='received',
            index=models.Index(condition=models.Q(('split_at', None)), fields=['lane', 'id'], name='received_unsplit'),
        ),
        migrations.AddIndex(
            model_name='received',
            index=models.Index(fields=['merchant', 'line_id', '-id'], name='received_by_line'),
        ),
        migrations.AddConstraint(
            model_name='received',
            constraint=models.UniqueConstraint(fields=('merchant', 'line_id', 'external_id'), name='received_once'),
        ),
        migrations.AddIndex(
            model_name='quarantine',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['merchant', '-id'], name='quarantine_open'),
        ),
        migrations.AddIndex(
            model_name='arrival',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['lane', 'id'], name='arrival_waiting'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('merchant', 'line_id', 'external_id'), name='arrived_once'),
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
