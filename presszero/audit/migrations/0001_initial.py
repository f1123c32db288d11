import django.db.models.deletion
import presszero.merchants.owned
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('actor', models.CharField(max_length=40)),
                ('verb', models.CharField(max_length=80)),
                ('subject', models.CharField(max_length=80)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('why', models.TextField(blank=True, default='')),
                ('place', models.BigIntegerField(editable=False, null=True)),
                ('chain', models.CharField(blank=True, default='', max_length=64)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', '-id'], name='audit_recor_merchan_b83c01_idx'), models.Index(condition=models.Q(('chain', '')), fields=['id'], name='audit_unchained')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'place'), name='one_record_a_place')],
            },
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
