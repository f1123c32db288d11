"""Whatever the code above does: what goes back on an order, and what is going back, is never more than was paid.

Checked when the transaction commits, with the order held, so that two at once see each other. Only what is newly given
is checked: money that somebody gave back in the shop meanwhile must not stop the answer to what was given before.
"""

from django.db import migrations

_MAKE = """
CREATE FUNCTION remedies_within_captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  counts text[] := ARRAY['given', 'doing', 'done', 'task', 'unknown'];
  kinds text[] := ARRAY['refund', 'price_match', 'goodwill', 'cancel'];
  most bigint;
  back bigint;
  coming bigint;
BEGIN
  IF NEW.order_id IS NULL OR NEW.amount = 0 OR NEW.kind <> ALL (kinds) OR NEW.state <> ALL (counts) THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state = ANY (counts) AND OLD.amount >= NEW.amount THEN
    RETURN NULL;
  END IF;
  SELECT captured, refunded INTO most, back FROM commerce_order
    WHERE merchant_id = NEW.merchant_id AND id = NEW.order_id FOR NO KEY UPDATE;
  SELECT coalesce(sum(r.amount), 0) INTO coming FROM remedies_remedy r
    WHERE r.merchant_id = NEW.merchant_id AND r.order_id = NEW.order_id
      AND r.kind = ANY (kinds) AND r.state = ANY (counts)
      AND NOT EXISTS (SELECT 1 FROM commerce_refund f WHERE f.merchant_id = r.merchant_id AND f.order_id = r.order_id
        AND f.key = r.key AND f.state <> 'failed');
  IF coming > 0 AND back + coming > most THEN
    RAISE EXCEPTION 'More would go back on order % than was paid.', NEW.order_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER remedies_within_captured AFTER INSERT OR UPDATE OF state, amount, order_id, kind
  ON remedies_remedy DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION remedies_within_captured();
"""
_DROP = """
DROP TRIGGER remedies_within_captured ON remedies_remedy;
DROP FUNCTION remedies_within_captured();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("remedies", "0002_authority"),
        ("commerce", "0001_initial"),
    ]

    operations = [migrations.RunSQL(_MAKE, _DROP)]
