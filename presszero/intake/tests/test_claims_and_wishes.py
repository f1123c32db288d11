"""What messages say besides their words is written for a whole batch at once."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from presszero.conversations.models import Message, Wish
from presszero.customers.models import Claim
from presszero.intake.messages import understand_all
from presszero.intake.split import split_all
from presszero.mailroom.actions import receive
from presszero.mailroom.incoming import Incoming
from presszero.mailroom.models import Arrival
from tests import cast


@pytest.fixture
def shop(db: None) -> cast.Shop:
    return cast.juniper()


@pytest.mark.django_db(transaction=True)
def test_fifty_forms_with_claims_and_wishes_cost_few_statements(shop: cast.Shop) -> None:
    wish = {"matters": 3, "needed_by": None, "words": "soon", "channel": "email"}
    rows = []
    for number in range(50):
        said = {"sender": f"v-{number:032x}", "id": f"f{number}", "text": "Hello", "email": f"n{number}@example.com"}
        body = json.dumps({**said, "name": "N", "subject": f"S {number}", "topic": "Delivery", "wish": wish}).encode()
        rows.append(Incoming(shop.merchant.id, shop.form.id, f"f{number}", 7, {}, body))
    receive(rows)
    split_all()
    Arrival.objects.update(lane=7)
    with CaptureQueriesContext(connection) as asked:
        assert understand_all() == 50
    assert len(asked) < 50
    assert (Claim.objects.count(), Wish.objects.count(), Message.objects.count()) == (50, 50, 50)
