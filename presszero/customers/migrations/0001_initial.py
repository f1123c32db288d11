import django.contrib.postgres.indexes
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
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('language', models.CharField(blank=True, default='', max_length=12)),
                ('timezone', models.CharField(blank=True, default='', max_length=60)),
                ('preferred_channel', models.CharField(blank=True, default='', max_length=20)),
                ('fields', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('root', presszero.merchants.owned.OwnedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('purpose', models.CharField(max_length=30)),
                ('given', models.BooleanField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('source', models.CharField(max_length=60)),
                ('wording', models.TextField(blank=True, default='')),
                ('by', models.CharField(max_length=40)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('customer', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(null=True)),
                ('customer', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='customers.customer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Handle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=320)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('proof', models.CharField(default='claimed', max_length=12)),
                ('proof_reason', models.CharField(blank=True, default='', max_length=200)),
                ('proven_at', models.DateTimeField(blank=True, null=True)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
                ('bounce_reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('customer', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='handles', to='customers.customer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.CharField(max_length=40)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, default='', max_length=40)),
                ('loser', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('winner', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='OwnField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40)),
                ('label', models.CharField(max_length=80)),
                ('kind', models.CharField(default='text', max_length=10)),
                ('choices', models.JSONField(default=list)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('root__isnull', False)), fields=['merchant', 'root'], name='customer_merged'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name'], name='customer_name_trigram', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['merchant', 'customer', '-id'], name='customers_c_merchan_0a7cee_idx'),
        ),
        migrations.AddIndex(
            model_name='customernote',
            index=models.Index(fields=['merchant', 'customer', '-id'], name='customers_c_merchan_373e37_idx'),
        ),
        migrations.AddIndex(
            model_name='handle',
            index=models.Index(fields=['merchant', 'customer'], name='customers_h_merchan_1c43c0_idx'),
        ),
        migrations.AddIndex(
            model_name='handle',
            index=django.contrib.postgres.indexes.GinIndex(fields=['address'], name='handle_address_trigram', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='handle',
            constraint=models.UniqueConstraint(condition=models.Q(('proof', 'refuted'), _negated=True), fields=('merchant', 'kind', 'address'), name='one_handle_an_address'),
        ),
        migrations.AddConstraint(
            model_name='handle',
            constraint=models.UniqueConstraint(condition=models.Q(('proof', 'refuted')), fields=('merchant', 'kind', 'address'), name='one_impostor_an_address'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('merchant', 'loser'), name='merged_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='ownfield',
            constraint=models.UniqueConstraint(fields=('merchant', 'key'), name='one_own_field_a_key'),
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
