from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from presszero.api.scopes import SCOPES
from presszero.api.tokens import Wanted, give
from presszero.team.models import Membership
from tests import cast
from tests.cast import Shop


class Program:
    """An outside program with a token."""

    def __init__(self, shop: Shop, *scopes: str, member: Membership | None = None, token: str = "") -> None:
        wanted = Wanted("Till", scopes or tuple(SCOPES), member)
        given = None if token else give(wanted, by=next(m for m in shop.team.values() if m.role == "admin"))
        self.row = given.row if given else None
        self.token = given.token if given else token
        self._client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        where = path if path.startswith("/") else f"/api/v1/{path}"
        answered: HttpResponse = self._client.generic(
            method, where, content, named.pop("Content-Type", "application/json"), headers=named
        )
        return answered

    def get(self, path: str, **headers: str) -> Any:
        """What a list or a thing says; fails for anything but 200."""
        answered = self("GET", path, **headers)
        assert answered.status_code == 200, answered.content
        return json.loads(answered.content)

    def post(self, path: str, body: object, **headers: str) -> Any:
        answered = self("POST", path, body, **headers)
        assert answered.status_code == 201, answered.content
        return json.loads(answered.content)


def said(answered: HttpResponse) -> Any:
    """The body of an answer."""
    return json.loads(answered.content)


@pytest.fixture
def shop(db: None) -> Shop:
    return cast.juniper()


@pytest.fixture
def program(shop: Shop) -> Program:
    """With every scope, as the whole shop."""
    return Program(shop)


@pytest.fixture
def click() -> Callable[[], str]:
    return lambda: str(uuid.uuid4())
