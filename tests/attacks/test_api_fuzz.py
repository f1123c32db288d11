"""Q1: schemathesis tries every operation of the API with whatever its description allows, and with what it does not.

The seed is fixed, so that a failure is the same tomorrow. Half of the calls name rows that are there: otherwise nearly
all would end at "not found".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from presszero.api.models import ApiToken
from presszero.api.openapi import operations, schema
from presszero.api.scopes import SCOPES
from tests.walls.everything import Everything, everything
from tests.walls.test_api import BODIES, ROWS, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EXAMPLES = [5, pytest.param(40, marks=pytest.mark.long)]  # of each operation and kind
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


@pytest.fixture
def rows() -> Iterator[Everything]:
    """The connection stays the test's own, as Django's test client keeps it: what a call did is undone after it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield everything()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_q1_schemathesis_finds_no_500_and_nothing_that_is_not_as_described(
    rows: Everything, mode: GenerationMode, examples: int
) -> None:
    described = schemathesis.openapi.from_dict(schema())
    described.app = application
    token = token_for(rows.shop, list(SCOPES))
    ApiToken.objects.update(per_minute=10_000_000)
    tried: set[tuple[str, int]] = set()
    for found in described.get_all_operations():
        for status in _try(found.ok(), Way(mode, examples, token), rows):
            tried.add((found.ok().definition.raw["operationId"], status))
    succeeded = {name for name, status in tried if status < 300}
    if mode is GenerationMode.POSITIVE:
        assert len(succeeded) > len(operations()) * 0.6, f"too few came through to mean anything: {succeeded}"
    assert {name for name, _ in tried} == set(BODIES)


class Way(NamedTuple):
    """How the operations are tried."""

    mode: GenerationMode
    examples: int
    token: str


def _try(operation: Any, way: Way, rows: Everything) -> set[int]:
    """What an operation answered: each call as it was made up, and again with the names of rows that are there."""
    real = {each: str(ROWS[each](rows)) for each in re.findall(r"{(\w+)}", operation.path)}
    answered = set[int]()

    @settings(
        max_examples=way.examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=way.mode))
    def call(case: Any) -> None:
        answered.add(_called(case, way.token))
        if real:
            case.path_parameters = real
            answered.add(_called(case, way.token))

    call()
    return answered


def _called(case: Any, token: str) -> int:
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {token}"}, base_url="http://localhost")
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    return int(response.status_code)
