"""The description of the API is true: what fits it is answered as it says, and nothing that is sent breaks the server."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.security.conftest import Ward

pytestmark = pytest.mark.slow

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
EXAMPLES, EXAMPLES_AGAIN = 12, 4
"""Calls of each kind: enough to find what is plainly wrong within half a minute; and how many of them on the second database."""

OPERATIONS = 34
"""As many calls as the contract had when this was written; there may be more, never fewer."""


def test_every_call_keeps_to_its_description(ward: Ward) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", ward.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= OPERATIONS
    for operation in operations:
        _try(ward, operation)


def _try(ward: Ward, operation: Any) -> None:
    real = _real(ward, operation.path)

    @seed(20261123)
    @settings(
        max_examples=EXAMPLES if ward.database.is_sqlite else EXAMPLES_AGAIN,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), existing=st.booleans(), who=st.sampled_from(["canbo", "truong", "kiosk"]))
    def keeps_to_its_description(case: Any, existing: bool, who: str) -> None:
        if existing:
            case.path_parameters = dict(case.path_parameters) | real
        case.call_and_validate(headers=ward.signed(who), checks=CHECKS)

    keeps_to_its_description()


def _real(ward: Ward, path: str) -> dict[str, Any]:
    """Parts of the address that lead to something."""
    known = {
        "office": "00070",
        "counter": ward.ids["counter"],
        "ticket": ward.ids["called"],
        "booking": ward.ids["booking"],
        "token": ward.secrets["ticket" if path.endswith("/tickets/{token}") else "booking"],
    }
    return {name: value for name, value in known.items() if f"{{{name}}}" in path}
