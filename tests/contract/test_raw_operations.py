"""Operations that validate by a protocol, with texts that databases and encodings refuse."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from pyramid.router import Router
from schemathesis import GenerationMode

from houston.core.api.openapi.description import describe
from tests.clients_of_roles import Client
from tests.contract.test_schemathesis import CHECKS, UNDER_TEST, keys_of_rows
from tests.factories.users import UserFactory

HOSTILE = ("zebra\0", "\0", "Ñandú €", "\N{WHALE}", "\ufdfa" * 5000, "a" * 5000, "\r\n", "%00", "")
"""Texts that are not ASCII, that PostgreSQL does not store, or that are longer than any column."""
DOCUMENTED = [each for each in CHECKS if each.__name__ != "negative_data_rejection"]


@pytest.mark.parametrize("role", ["anonymous", "admin"])
def test_hostile_texts(
    app: Router, client_for: Callable[..., Client], anonymous: Client, role: str
) -> None:
    schema = schemathesis.openapi.from_dict(anonymous.get("/api/v1/openapi.json").json)
    schema.app = app
    described = {f"{each.operation.method} {each.path}": each for each in describe(app.registry)}
    raw = [
        operation
        for operation in (found.ok() for found in schema.get_all_operations())
        if described[operation.label].operation.raw
    ]
    assert len(raw) > 10
    for operation in raw:
        caller = client_for(UserFactory(is_admin=True)) if role == "admin" else anonymous
        authorization = caller.extra_environ.get("HTTP_AUTHORIZATION")
        headers = {"Authorization": authorization} if authorization else {}
        check(operation, headers, keys_of_rows(described[operation.label]))


def check(operation: Any, headers: dict[str, str], keys: dict[str, Any]) -> None:
    """Call an operation with hostile texts in place of some of its fields."""

    def call(case: Any, data: st.DataObject) -> None:
        case.path_parameters = keys
        for part in (case.query, case.body):
            if isinstance(part, dict):
                for name in part:
                    part[name] = data.draw(st.sampled_from((part[name], *HOSTILE)))
        case.call_and_validate(
            headers=dict(headers), checks=DOCUMENTED, base_url="http://localhost"
        )

    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    UNDER_TEST(given(case=cases, data=st.data())(call))()
