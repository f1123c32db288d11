"""Whether a pay account is well: what its provider last said when it was not, shown to the merchant until it is."""

from __future__ import annotations

from django.utils import timezone

from presszero.core.text import one_line

from ..models import PayAccount


def ails(account: PayAccount, sentence: str) -> None:
    rows = PayAccount.objects.filter(merchant_id=account.merchant_id, id=account.id)
    rows.update(trouble=one_line(sentence, 500))
    rows.filter(trouble_since=None).update(trouble_since=timezone.now())


def well(account: PayAccount) -> None:
    if account.trouble:
        rows = PayAccount.objects.filter(merchant_id=account.merchant_id, id=account.id)
        rows.update(trouble="", trouble_since=None)
