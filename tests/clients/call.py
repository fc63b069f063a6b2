"""Calls every recorded operation by a generated Python client: `python call.py CALLS ADDRESS`.

Prints the status by the number of the call; a text for one that raised something else than the
error of a status.
"""

import base64
import inspect
import json
import re
import sys
import typing
from keyword import iskeyword
from pathlib import Path
from typing import Any

import houston_client
from houston_client import ApiClient, ApiException, Configuration
from pydantic import ValidationError

APIS = [api for name, api in vars(houston_client).items() if name.endswith("Api")]
METHODS = {name: api for api in APIS for name in vars(api)}


def main(calls: list[Any], address: str) -> None:
    """Print the outcomes of the calls."""
    print(json.dumps([outcome(call, f"{address}/{each}") for each, call in enumerate(calls)]))


def outcome(call: Any, address: str) -> int | str | None:
    """Return the status of a call, or the error that it raised instead.

    It is None if the models do not have what was sent, such as an empty text in place of null.
    """
    base = "/api/v1" if call["below_base"] else ""
    api = METHODS[call["operation"]](ApiClient(Configuration(host=address + base)))
    method = getattr(api, f"{call['operation']}_with_http_info")
    try:
        given = arguments(method, call)
    except ValidationError:
        return None
    try:
        return int(method(**given).status_code)
    except ApiException as error:
        return error.status if error.status != 599 else str(error.body)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:2000]


def arguments(method: Any, call: Any) -> dict[str, Any]:
    """Return the arguments of a method, its body among them."""
    parameters = {
        name: each
        for name, each in inspect.signature(method).parameters.items()
        if not name.startswith("_")
    }
    given = {variable(name): value for name, value in call["arguments"].items()}
    declared = set(map(variable, call["parameters"]))
    for name in parameters.keys() - declared:
        if call["has_body"] and (call["sent"] or call["takes_bytes"]):
            given[name] = body(parameters[name].annotation, call)
    return given


def variable(name: str) -> str:
    """Return the name of a parameter in Python."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"\W", "_", name)).lower()
    return f"var_{words}" if iskeyword(words) else words


def body(annotation: Any, call: Any) -> Any:
    """Return the body of a call as an object of the client."""
    if call["sent_json"] is None:
        return base64.b64decode(call["sent"])
    return made(annotation, call["sent_json"])


def made(annotation: Any, value: Any) -> Any:
    """Return a JSON value as one of the type of a parameter."""
    inner = [each for each in typing.get_args(annotation) if each is not type(None)]
    if typing.get_origin(annotation) is list:
        return [made(inner[0], member) for member in value]
    if inner and typing.get_origin(annotation) is not dict:
        return made(inner[0], value)
    return annotation.from_dict(value) if hasattr(annotation, "from_dict") else value


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2])
