"""Texts of bounded length."""

import re
from typing import Any

from colander import Invalid, SchemaNode

from houston.core.schema.types.base import FORBIDDEN, Type

EMAIL = re.compile(r"[^@\s<>\"'(),:;\\]{1,64}@[^@\s<>\"'(),:;\\]{1,255}\Z")
URL = re.compile(r"https?://[^\s/?#\"<>\\]+[^\s\"<>\\]*\Z")


class String(Type):
    """Text of bounded length without NUL and halves of characters."""

    reason = "Not a valid string."

    def __init__(
        self, min: int = 0, max: int = 255, pattern: str | None = None, strip: bool = False
    ) -> None:
        self.min, self.max, self.strip = min, max, strip
        self.pattern = pattern
        self._expression = re.compile(pattern) if pattern else None

    def read(self, node: SchemaNode, value: Any) -> str:
        """The text, stripped where so declared."""
        if not isinstance(value, str):
            raise Invalid(node, self.reason)
        return self._bounded(node, value)

    def _bounded(self, node: SchemaNode, value: str) -> str:
        if FORBIDDEN.search(value):
            raise Invalid(node, "Contains characters that cannot be stored.")
        if self.strip:
            value = value.strip()
        if len(value) < self.min:
            raise Invalid(node, f"Shorter than minimum length {self.min}.")
        if len(value) > self.max:
            raise Invalid(node, f"Longer than maximum length {self.max}.")
        if self._expression and not self._expression.fullmatch(value):
            raise Invalid(node, self.reason)
        return value

    def json_schema(self) -> dict[str, Any]:
        """A string with its bounds."""
        described: dict[str, Any] = {"type": "string", "maxLength": self.max}
        if self.min:
            described["minLength"] = self.min
        if self.pattern:
            described["pattern"] = f"^(?:{self.pattern})$"
        return described


class Text(String):
    """Long text."""

    def __init__(self, min: int = 0, max: int = 10_000) -> None:
        super().__init__(min, max)


class Password(String):
    """A secret text: documented as such, and never repeated in an error."""

    def __init__(self, min: int = 0, max: int = 1024) -> None:
        super().__init__(min, max)

    def json_schema(self) -> dict[str, Any]:
        """A string that forms hide."""
        return super().json_schema() | {"format": "password"}


class Email(String):
    """An address of mail; a host without a dot, such as localhost, is good."""

    reason = "Not a valid email address."

    def __init__(self) -> None:
        super().__init__(3, 120)

    def read(self, node: SchemaNode, value: Any) -> str:
        """The address without surrounding blanks."""
        text = super().read(node, value).strip()
        if not EMAIL.match(text):
            raise Invalid(node, self.reason)
        return text

    def json_schema(self) -> dict[str, Any]:
        """A string with one @."""
        return super().json_schema() | {"format": "email"}


class Url(String):
    """An http or https address."""

    reason = "Not a valid URL."

    def __init__(self, max: int = 2048) -> None:
        super().__init__(8, max)

    def read(self, node: SchemaNode, value: Any) -> str:
        """The address as given."""
        text = super().read(node, value)
        if not URL.match(text):
            raise Invalid(node, self.reason)
        return text

    def json_schema(self) -> dict[str, Any]:
        """A string with a scheme."""
        return super().json_schema() | {"format": "uri"}
