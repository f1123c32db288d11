import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import presszero.channels.models
import presszero.merchants.owned
import uuid
from django.db import migrations, models


LEXEMES = r"""
CREATE FUNCTION presszero_lexemes(merchant bigint, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_to_tsvector(array_agg(DISTINCT merchant || ':' || left(lexeme, 200))), ''::tsvector)
  FROM unnest(to_tsvector('simple', left(words, 60000)))
$$;
CREATE FUNCTION presszero_query(merchant bigint, words text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(
    $q$'$q$ || replace(replace(merchant || ':' || left(lexeme, 200), $q$\$q$, $q$\\$q$), $q$'$q$, $q$''$q$) || $q$':*$q$,
    ' & ')::tsquery
  FROM unnest(to_tsvector('simple', left(words, 400)))
$$;
"""
DROP = "DROP FUNCTION presszero_query(bigint, text); DROP FUNCTION presszero_lexemes(bigint, text)"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(LEXEMES, DROP),
        migrations.CreateModel(
            name='SendingHeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField()),
                ('since', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbound', models.BooleanField()),
                ('sender_kind', models.CharField(blank=True, default='', max_length=20)),
                ('sender_address', models.CharField(blank=True, default='', max_length=320)),
                ('sender_name', models.CharField(blank=True, default='', max_length=200)),
                ('actor', models.CharField(blank=True, default='', max_length=40)),
                ('subject', models.CharField(blank=True, default='', max_length=998)),
                ('text', models.TextField(blank=True, default='')),
                ('folded', models.TextField(blank=True, default='')),
                ('html', models.TextField(blank=True, default='')),
                ('message_id', models.CharField(blank=True, default='', max_length=400)),
                ('proof', models.CharField(blank=True, default='', max_length=12)),
                ('automatic', models.CharField(blank=True, default='', max_length=20)),
                ('warnings', models.JSONField(default=list)),
                ('reply_to', models.CharField(blank=True, default='', max_length=320)),
                ('copied', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('received_id', models.BigIntegerField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('merchant'), presszero.channels.models.Joined('subject', models.Value(' '), 'text'), function='presszero_lexemes'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name_plural': 'entries',
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=254)),
                ('name', models.CharField(max_length=120)),
                ('settings', models.JSONField(default=dict)),
                ('sealed', models.BinaryField(default=bytes)),
                ('token', models.CharField(default=presszero.channels.models._token, max_length=64, unique=True)),
                ('first_reply_minutes', models.PositiveIntegerField(default=60)),
                ('next_reply_minutes', models.PositiveIntegerField(default=240)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('heard_at', models.DateTimeField(blank=True, null=True)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('trouble', models.TextField(blank=True, default='')),
                ('trouble_since', models.DateTimeField(blank=True, null=True)),
                ('brand', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.brand')),
                ('hours', presszero.merchants.owned.OwnedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.hours')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=320)),
                ('our_id', models.UUIDField(default=uuid.uuid4)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('accepted', 'Accepted'), ('delivered', 'Delivered'), ('read', 'Read'), ('failed', 'Failed'), ('unknown', 'Unknown'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('not_before', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('written_at', models.DateTimeField(null=True)),
                ('provider_id', models.CharField(blank=True, default='', max_length=300)),
                ('reason', models.TextField(blank=True, default='')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('entry', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='channels.entry')),
                ('line', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.line')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.CharField(default='INBOX', max_length=200)),
                ('uid_validity', models.BigIntegerField(default=0)),
                ('last_uid', models.BigIntegerField(default=0)),
                ('rescanned_at', models.DateTimeField(null=True)),
                ('line', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.line')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='StrayReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line_id', models.BigIntegerField()),
                ('provider_id', models.CharField(max_length=300)),
                ('state', models.CharField(max_length=10)),
                ('permanent', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64)),
                ('key', models.CharField(blank=True, default='', max_length=300)),
                ('subject', models.CharField(blank=True, default='', max_length=998)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('line', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.line')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('address', models.CharField(max_length=320)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('standing', models.CharField(choices=[('customer', 'Customer'), ('copied', 'Copied'), ('wants_in', 'Wants In')], max_length=12)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('thread', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='channels.thread')),
            ],
        ),
        migrations.AddField(
            model_name='entry',
            name='thread',
            field=presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.thread'),
        ),
        migrations.CreateModel(
            name='DeliveryTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, default='', max_length=10)),
                ('reason', models.TextField(blank=True, default='')),
                ('delivery', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='channels.delivery')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', 'delivery'], name='channels_de_merchan_a6968c_idx')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=255)),
                ('content_type', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('storage_key', models.CharField(max_length=200)),
                ('content_id', models.CharField(blank=True, default='', max_length=400)),
                ('inline', models.BooleanField(default=False)),
                ('token', models.CharField(default=presszero.channels.models._token, max_length=64)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('entry', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='channels.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', 'entry'], name='channels_at_merchan_199119_idx')],
            },
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(fields=['kind', 'address'], name='channels_li_kind_62ae41_idx'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('merchant', 'kind', 'address'), name='one_line_an_address'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['merchant', 'entry'], name='channels_de_merchan_76c4f5_idx'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['not_before'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['sending', 'unknown'])), fields=['started_at'], name='delivery_under_way'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['merchant', 'provider_id'], name='delivery_by_provider'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('merchant', 'our_id'), name='one_delivery_an_id'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.UniqueConstraint(fields=('merchant', 'line', 'folder'), name='one_cursor_a_folder'),
        ),
        migrations.AddIndex(
            model_name='strayreport',
            index=models.Index(fields=['merchant', 'provider_id'], name='channels_st_merchan_a10dde_idx'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.UniqueConstraint(fields=('merchant', 'token'), name='one_thread_a_token'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('merchant', 'line', 'key'), name='one_thread_a_key'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('merchant', 'thread', 'kind', 'address'), name='takes_part_once'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['merchant', 'thread', 'id'], name='channels_en_merchan_08f2a7_idx'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('message_id', ''), _negated=True), fields=['merchant', 'message_id'], name='entry_by_message_id'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['merchant', '-id'], name='entry_newest'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='entry_search'),
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
