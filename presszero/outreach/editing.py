"""What a merchant sets about the messages we write first: their own words, and which of them are sent."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from presszero.audit.actions import record as write_down
from presszero.core.actor import Actor
from presszero.core.refusal import Refused
from presszero.merchants.models import Brand, Merchant
from presszero.promises.models import Keeping

from .default_words import LANGUAGES
from .filling import check_own
from .models import Notice
from .notices import ASKS, KINDS, is_on, language_for


@transaction.atomic
def keep_words(
    merchant: Merchant, kind: str, language: str, brand: Brand | None, words: tuple[str, str], by: Actor
) -> Notice:
    """The merchant's subject and text for one kind, language and brand. Raises Refused."""
    subject, text = check_own(*words)
    on = is_on(merchant.id, kind, brand)
    before = Notice.objects.filter(merchant=merchant, kind=kind, language=language, brand=brand).first()
    row, _new = Notice.objects.update_or_create(
        merchant=merchant,
        kind=kind,
        language=language,
        brand=brand,
        defaults={"subject": subject, "text": text, "on": on, "changed_at": timezone.now(), "by": by.code},
    )
    _write_down(
        row, by, {"text": before.text, "subject": before.subject} if before else {}, {"text": text, "subject": subject}
    )
    return row


@transaction.atomic
def back_to_ours(merchant: Merchant, kind: str, language: str, brand: Brand | None, by: Actor) -> None:
    """Our words again; whether it is sent stays as it was."""
    row = Notice.objects.filter(merchant=merchant, kind=kind, language=language, brand=brand).first()
    if row is None:
        return
    before = {"text": row.text, "subject": row.subject}
    if row.on == KINDS[kind].on:
        row.delete()
    else:
        ours = LANGUAGES[language_for(merchant, language)].kinds[kind]
        row.subject, row.text, row.by, row.changed_at = ours.subject, ours.text, by.code, timezone.now()
        row.save()
    _write_down(row, by, before, {})


@transaction.atomic
def switch(merchant: Merchant, kind: str, brand: Brand | None, on: bool, by: Actor) -> None:
    """Whether messages of a kind are sent, for a brand or (None) for all that say nothing of their own."""
    if kind not in KINDS:
        raise Refused("")
    before = is_on(merchant.id, kind, brand)
    if kind == ASKS:
        Keeping.objects.update_or_create(merchant=merchant, defaults={"ask_after_order": on})
    else:
        rows = Notice.objects.filter(merchant=merchant, kind=kind, brand=brand)
        if not rows.update(on=on):
            code = language_for(merchant, "")
            ours = LANGUAGES[code].kinds[kind]
            given = {"subject": ours.subject, "text": ours.text, "on": on, "by": by.code}
            Notice.objects.create(merchant=merchant, kind=kind, language=code, brand=brand, **given)
    what = f"notice:{kind}" + (f":brand:{brand.id}" if brand else "")
    write_down("notice.switch", what, by=by, merchant=merchant, before={"on": before}, after={"on": on})


def _write_down(row: Notice, by: Actor, before: dict[str, str], after: dict[str, str]) -> None:
    what = f"notice:{row.kind}:{row.language}" + (f":brand:{row.brand_id}" if row.brand_id else "")
    write_down("notice.change", what, by=by, merchant=row.merchant, before=before, after=after)
