"""The interface of oauthlib that the validator implements; fails if the library changes it."""

import ast
from inspect import Parameter, getsource, signature
from typing import Any

import oauthlib.oauth2
import pytest
from oauthlib.oauth2 import RequestValidator

from houston.modules.auth import provider, validator
from houston.modules.auth.validator import Validator

METHODS = [
    name for name in vars(Validator) if not name.startswith("_") and callable(vars(Validator)[name])
]


def positional(method: Any) -> list[str]:
    """Return the names of the parameters without `*args` and `**kwargs`."""
    variable = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    parameters = signature(method).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind not in variable]


@pytest.mark.parametrize("name", METHODS)
def test_methods_have_the_parameters_of_the_library(name: str) -> None:
    assert positional(getattr(Validator, name)) == positional(getattr(RequestValidator, name))


@pytest.mark.parametrize("module", [provider, validator])
def test_only_published_names_are_imported(module: Any) -> None:
    imports = [
        node for node in ast.walk(ast.parse(getsource(module))) if type(node) is ast.ImportFrom
    ]
    ours = [node for node in imports if (node.module or "").startswith("oauthlib")]
    assert {node.module for node in ours} == {"oauthlib.oauth2"}
    for node in ours:
        assert all(hasattr(oauthlib.oauth2, alias.name) for alias in node.names)
