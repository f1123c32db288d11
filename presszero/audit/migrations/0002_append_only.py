from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_record_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'The audit record is append-only: row % stays.', OLD.id;
  END IF;
  IF OLD.chain <> '' OR ROW(NEW.id, NEW.merchant_id, NEW.at, NEW.actor, NEW.verb, NEW.subject, NEW.before, NEW.after, NEW.why)
     IS DISTINCT FROM ROW(OLD.id, OLD.merchant_id, OLD.at, OLD.actor, OLD.verb, OLD.subject, OLD.before, OLD.after, OLD.why)
  THEN
    RAISE EXCEPTION 'The audit record is append-only: row % stays as it is.', OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_record
  FOR EACH ROW EXECUTE FUNCTION audit_record_append_only();
"""

UNDO = "DROP TRIGGER append_only ON audit_record; DROP FUNCTION audit_record_append_only();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
