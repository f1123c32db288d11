import django.db.models.deletion
import presszero.merchants.owned
from django.db import migrations, models


EVENT = """
CREATE SEQUENCE timeline_event_seq CACHE 1;
-- A reader drops a gap in the ids once every transaction older than the gap has ended; that holds only if the writer
-- had its transaction id before it drew the event's id.
CREATE FUNCTION timeline_next_id() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_current_xact_id();
  RETURN nextval('timeline_event_seq');
END $$;
CREATE TABLE timeline_event (
  id bigint NOT NULL DEFAULT timeline_next_id(),
  merchant_id bigint NOT NULL,
  kind varchar(60) NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor varchar(40) NOT NULL,
  customer_id bigint,
  conversation_id bigint,
  order_id bigint,
  data jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (merchant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX timeline_event_id ON timeline_event (id);
CREATE INDEX timeline_event_customer ON timeline_event (merchant_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX timeline_event_conversation ON timeline_event (merchant_id, conversation_id, id)
  WHERE conversation_id IS NOT NULL;
CREATE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the timeline is append-only';
END $$;
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON timeline_event
  FOR EACH ROW EXECUTE FUNCTION timeline_append_only();
-- Partitions of ten million ids, made ahead of time (see timeline.partitions).
CREATE FUNCTION timeline_make_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  step constant bigint := 10000000;
  reached bigint;
  first bigint;
BEGIN
  SELECT last_value INTO reached FROM timeline_event_seq;
  FOR n IN 0..2 LOOP
    first := (reached / step + n) * step;
    EXECUTE format('CREATE TABLE IF NOT EXISTS timeline_event_%s PARTITION OF timeline_event FOR VALUES FROM (%s) TO (%s)',
      first / step, first, first + step);
  END LOOP;
END $$;
SELECT timeline_make_partitions();
"""
DROP = """
DROP TABLE timeline_event; DROP FUNCTION timeline_append_only(), timeline_make_partitions(), timeline_next_id();
DROP SEQUENCE timeline_event_seq;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchants', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(EVENT, DROP),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('merchant_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=40)),
                ('customer_id', models.BigIntegerField(null=True)),
                ('conversation_id', models.BigIntegerField(null=True)),
                ('order_id', models.BigIntegerField(null=True)),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'timeline_event',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('listener', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('high', models.BigIntegerField(default=0)),
                ('gaps', models.JSONField(default=list)),
                ('moved_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Parked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listener', models.CharField(max_length=80)),
                ('event_id', models.BigIntegerField()),
                ('error', models.TextField()),
                ('tries', models.PositiveSmallIntegerField(default=1)),
                ('parked_at', models.DateTimeField(auto_now_add=True)),
                ('solved_at', models.DateTimeField(blank=True, null=True)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'listener', 'event_id'), name='parked_once')],
            },
        ),
        presszero.merchants.owned.TenantKeys(),
    ]
