"""Expressions of SQL that each database has in a form of its own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Expression(FunctionElement[Any]):
    """An expression of some arguments.

    Attributes:
        forms: The forms by the name of the dialect; `{0}` and `{1}` are the arguments.
    """

    forms: Mapping[str, str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.inherit_cache = True  # which SQLAlchemy does not inherit


@compiles(Expression)
def _compile(expression: Expression, compiler: Any, **options: Any) -> str:
    arguments = [compiler.process(clause, **options) for clause in expression.clauses]
    return expression.forms[compiler.dialect.name].format(*arguments)


class HasKey(Expression):
    """Whether a JSON object has a key, with a value or with null."""

    type = Boolean()
    forms = {
        "sqlite": "EXISTS (SELECT 1 FROM json_each({0}) WHERE key = {1})",
        "postgresql": "(CAST({0} AS JSONB) -> {1}) IS NOT NULL",
    }
