import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import presszero.conversations.models.desk
import presszero.merchants.owned
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('channels', '0001_initial'),
        ('customers', '0001_initial'),
        ('merchants', '0001_initial'),
        ('team', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(blank=True, default='', max_length=300)),
                ('state', models.CharField(choices=[('open', 'Open'), ('snoozed', 'Snoozed'), ('resolved', 'Resolved')], default='open', max_length=10)),
                ('priority', models.PositiveSmallIntegerField(choices=[(1, 'Low'), (2, 'Normal'), (3, 'High'), (4, 'Urgent')], default=2)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('last_inbound', models.BooleanField(default=True)),
                ('last_channel', models.CharField(blank=True, default='', max_length=20)),
                ('snippet', models.CharField(blank=True, default='', max_length=200)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('first_reply_at', models.DateTimeField(null=True)),
                ('snoozed_until', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=0)),
                ('assignee', presszero.merchants.owned.OwnedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('customer', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='customers.customer')),
                ('line', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.line')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('root', presszero.merchants.owned.OwnedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('inbound', models.BooleanField()),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('client_id', models.UUIDField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='conversations.conversation')),
                ('entry', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.entry')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('client_id', models.UUIDField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('merchant'), models.F('text'), function='presszero_lexemes'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('by', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('split', models.UUIDField()),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, default='', max_length=40)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('message', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.message')),
                ('source', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
                ('target', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
                ('note', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.note')),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(null=True)),
                ('member', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('note', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='conversations.note')),
            ],
        ),
        migrations.CreateModel(
            name='Seen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('up_to', models.DateTimeField()),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('member', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'verbose_name_plural': 'seen',
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(null=True)),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, default='', max_length=40)),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='snoozes', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='ThreadPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('thread', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.thread')),
            ],
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reopened_at', models.DateTimeField(null=True)),
                ('reopened_by', models.CharField(blank=True, default='', max_length=40)),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('topic', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.topic')),
            ],
        ),
        migrations.AddField(
            model_name='conversation',
            name='topic',
            field=presszero.merchants.owned.OwnedKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.topic'),
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=presszero.conversations.models.desk._token, max_length=64)),
                ('filename', models.CharField(max_length=255)),
                ('content_type', models.CharField(max_length=120)),
                ('size', models.BigIntegerField()),
                ('storage_key', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('used_at', models.DateTimeField(null=True)),
                ('by', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, default='', max_length=120)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('to', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='team.membership')),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='conversations.conversation')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', 'conversation', '-id'], name='conversatio_merchan_35fbe3_idx')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(default='reply', max_length=6)),
                ('text', models.TextField(blank=True, default='')),
                ('saved_at', models.DateTimeField(auto_now=True)),
                ('by', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'conversation', 'by', 'kind'), name='one_draft_each')],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='conversations.conversation')),
                ('member', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'indexes': [models.Index(fields=['merchant', 'member'], name='follows_what')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'conversation', 'member'), name='follows_once')],
            },
        ),
        migrations.CreateModel(
            name='Looking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typing_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('conversation', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation')),
                ('member', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='team.membership')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'conversation', 'member'), name='looks_once')],
            },
        ),
        migrations.CreateModel(
            name='Macro',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('text', models.TextField(blank=True, default='')),
                ('actions', models.JSONField(default=dict)),
                ('language', models.CharField(blank=True, default='', max_length=12)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('merchant', 'name'), name='one_macro_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loser_state', models.CharField(max_length=10)),
                ('winner_state', models.CharField(db_default='', default='', max_length=10)),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, default='', max_length=40)),
                ('loser', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('winner', presszero.merchants.owned.OwnedKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.conversation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('merchant', 'loser'), name='conversation_merged_once_at_a_time')],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['merchant', 'conversation', 'at', 'id'], name='message_stream'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('merchant', 'entry'), name='one_place_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('merchant', 'client_id'), name='one_message_a_click'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['merchant', 'conversation', 'at'], name='conversatio_merchan_dd1af2_idx'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='note_search'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.UniqueConstraint(fields=('merchant', 'client_id'), name='one_note_a_click'),
        ),
        migrations.AddIndex(
            model_name='move',
            index=models.Index(fields=['merchant', 'split'], name='conversatio_merchan_f8af4e_idx'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['merchant', 'member'], name='mention_unseen'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('merchant', 'note', 'member'), name='mentioned_once_a_note'),
        ),
        migrations.AddConstraint(
            model_name='seen',
            constraint=models.UniqueConstraint(fields=('merchant', 'conversation', 'member'), name='seen_once'),
        ),
        migrations.AddConstraint(
            model_name='snooze',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('merchant', 'conversation'), name='snoozed_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='threadplace',
            index=models.Index(fields=['merchant', 'conversation'], name='conversatio_merchan_3c9c47_idx'),
        ),
        migrations.AddConstraint(
            model_name='threadplace',
            constraint=models.UniqueConstraint(fields=('merchant', 'thread'), name='one_place_a_thread'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('merchant', 'name'), name='one_topic_a_name'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.UniqueConstraint(condition=models.Q(('reopened_at', None)), fields=('merchant', 'conversation'), name='resolved_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['merchant', 'customer'], name='conversation_by_customer'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root__isnull', False)), fields=['merchant', 'root'], name='conversation_merged'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root', None), ('state', 'open')), fields=['merchant', 'assignee', '-last_at'], name='view_mine'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('assignee', None), ('root', None), ('state', 'open')), fields=['merchant', '-last_at'], name='view_unassigned'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root', None), ('state', 'open')), fields=['merchant', '-last_at'], name='view_open'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root', None), ('state', 'open'), ('waiting_since__isnull', False)), fields=['merchant', 'waiting_since'], name='view_waiting'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root', None), ('state', 'snoozed')), fields=['merchant', 'snoozed_until'], name='view_snoozed'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('root', None), ('state', 'resolved')), fields=['merchant', '-last_at'], name='view_resolved'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('state', 'snoozed')), fields=['snoozed_until'], name='snooze_due'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=django.contrib.postgres.indexes.GinIndex(fields=['subject'], name='conversation_subject_trigram', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.UniqueConstraint(fields=('merchant', 'token'), name='one_upload_a_token'),
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
