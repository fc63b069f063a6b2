"""Every operation with generated input.

Each response conforms to the document, and input that violates the document is refused.
"""

from collections.abc import Callable
from json import dumps
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from pyramid.router import Router
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from houston.core.api.openapi.description import Described, describe
from houston.core.http.request import FORM_TYPES
from tests.clients_of_roles import Client
from tests.factories.users import UserFactory
from tests.permissions.expected import MODULES, Cast, Keys


def invalid_input_is_refused(context: Any, response: Any, case: Any) -> bool | None:
    """Check that invalid input is refused, unless it is a form: those carry texts and no types."""
    body = case.meta.components.get(ParameterLocation.BODY)
    is_invalid = body is not None and body.mode is GenerationMode.NEGATIVE
    if is_invalid and case.media_type in FORM_TYPES:
        return None
    return negative_data_rejection(context, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    invalid_input_is_refused,
    response_headers_conformance,
    response_schema_conformance,
]
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 503]
CONFIG = schemathesis.Config.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
)
UNDER_TEST = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


OF_VISITORS = settings(UNDER_TEST, max_examples=5)
"""Most operations refuse visitors before they read the input."""


@schemathesis.serializer("application/offset+octet-stream")
def bytes_of(_context: Any, value: Any) -> bytes:
    """Return a strategy for bodies of bytes."""
    return value if isinstance(value, bytes) else dumps(value).encode()


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_every_operation(
    app: Router, client_for: Callable[..., Client], anonymous: Client, role: str
) -> None:
    document = anonymous.get("/api/v1/openapi.json").json
    schema = schemathesis.openapi.from_dict(document, config=CONFIG)
    schema.app = app
    described = {f"{each.operation.method} {each.path}": each for each in describe(app.registry)}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(
        len(methods.keys() - {"parameters"}) for methods in document["paths"].values()
    )
    for operation in operations:
        # An operation may delete its object, or sign out the caller.
        keys = keys_of_rows(described[operation.label])
        if role == "admin":
            caller = client_for(UserFactory(is_admin=True))
            check_operation(operation, UNDER_TEST, caller.extra_environ, keys)
        else:
            check_operation(operation, OF_VISITORS, {}, keys)


def keys_of_rows(described: Described) -> dict[str, Any]:
    """Return the keys of existing rows, by the names of path variables."""
    name = described.operation.name
    module = next(module for module, each in MODULES.items() if name in each.statuses)
    keys = Keys(Cast(*UserFactory.create_batch(3)), module).of(described)
    return {name: key if isinstance(key, int) else str(key) for name, key in keys.items()}


def check_operation(
    operation: Any, examples: settings, environ: dict[str, str], keys: dict[str, str]
) -> None:
    """Call an operation with valid input for existing rows, and with invalid input."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    headers = {"Authorization": authorization} if authorization else {}

    def call(case: Any) -> None:
        path = case.meta.components.get(ParameterLocation.PATH)
        if path is not None and path.mode is GenerationMode.POSITIVE:
            case.path_parameters = keys
        case.call_and_validate(headers=dict(headers), checks=CHECKS, base_url="http://localhost")

    for mode in GenerationMode:
        cases = operation.as_strategy(generation_mode=mode)
        try:
            examples(given(case=cases)(call))()
        except Unsatisfiable:
            # An operation without input has no invalid input.
            assert mode is GenerationMode.NEGATIVE
