"""reCAPTCHA: the judgement of another service on whether a person is at the keyboard."""

import json
import logging
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from houston.core.errors import Unavailable, Unprocessable

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
LOWEST_SCORE = 0.5


class Recaptcha(NamedTuple):
    """How a site uses reCAPTCHA: what pages show it with, what the server asks it with, and where.

    Without a secret it is not asked.
    """

    public_key: str
    secret: str
    url: str


def check_recaptcha(recaptcha: Recaptcha, answer: str, field: str) -> None:
    """Raise Unprocessable, naming `field`, unless the service takes `answer` for a person's.

    Where it is not in use the field is a trap: people do not see it, robots fill it in. Raises
    Unavailable when the service does not answer.
    """
    if not recaptcha.secret:
        # With a public key alone, pages do show it.
        if answer and not recaptcha.public_key:
            raise _refusal(field, "Leave this field empty.")
        return
    judgement = _ask(recaptcha.url, recaptcha.secret, answer)
    if not judgement.get("success") or judgement.get("score", 1) < LOWEST_SCORE:
        raise _refusal(field, "reCAPTCHA does not take you for a person.")


def _refusal(field: str, text: str) -> Unprocessable:
    return Unprocessable(text, messages={field: [text]})


def _ask(url: str, secret: str, answer: str) -> dict[str, Any]:
    form = urlencode({"secret": secret, "response": answer}).encode()
    try:
        with urlopen(url, form, TIMEOUT_SECONDS) as response:  # noqa: S310 # nosec B310 - of the settings
            judgement: dict[str, Any] = json.load(response)
            return judgement
    except (URLError, TimeoutError, ValueError) as error:
        log.error("reCAPTCHA did not answer", exc_info=error)
        raise Unavailable from None
