"""A HEAD answers as its page would: the same status and headers, and no words."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/forgot"])
def test_the_page_of_a_form_answers_a_head(client: Client, address: str) -> None:
    page, head = client.get(address), client.head(address)
    assert head.status_code == page.status_code == 200
    assert head.content == b""
    assert abs(int(head.headers["Content-Length"]) - len(page.content)) < 200, "only the form's token differs"


def test_what_only_takes_posts_refuses_a_head(client: Client) -> None:
    assert client.head("/sign-out").status_code in (302, 405)
