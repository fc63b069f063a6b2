"""Every operation under generated input: no 500, and nothing that the document does not promise."""

from collections.abc import Callable
from json import dumps
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import just
from pyramid.router import Router
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.permissions.expected import Cast, keys_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
UNDER_TEST = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/offset+octet-stream")
def bytes_of(_context: Any, value: Any) -> bytes:
    """A body that is no JSON, but bytes of any kind."""
    return value if isinstance(value, bytes) else dumps(value).encode()


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_every_operation(
    app: Router, client_for: Callable[..., Client], anonymous: Client, role: str
) -> None:
    document = anonymous.get("/api/v1/openapi.json").json
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(
        len(methods.keys() - {"parameters"}) for methods in document["paths"].values()
    )
    for operation in operations:
        # An operation may delete what it is given, and sign out whoever calls it.
        caller = client_for(UserFactory(is_admin=True)) if role == "admin" else anonymous
        check_operation(operation, caller.extra_environ, keys_of_rows())


def keys_of_rows() -> dict[str, str]:
    """Keys of rows that exist, by the names that paths have for them."""
    return keys_of(Cast(*UserFactory.create_batch(3)))


def check_operation(operation: Any, environ: dict[str, str], keys: dict[str, str]) -> None:
    """Call one operation with valid input on what exists, and with invalid input."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    headers = {"Authorization": authorization} if authorization else {}

    def call(case: Any, mode: GenerationMode) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = {
                name: keys.get(name, key) for name, key in (case.path_parameters or {}).items()
            }
        case.call_and_validate(headers=dict(headers), checks=CHECKS, base_url="http://localhost")

    for mode in GenerationMode:
        cases = operation.as_strategy(generation_mode=mode)
        try:
            UNDER_TEST(given(case=cases, mode=just(mode))(call))()
        except Unsatisfiable:
            # Where nothing can be sent, nothing can be sent wrongly.
            assert mode is GenerationMode.NEGATIVE
