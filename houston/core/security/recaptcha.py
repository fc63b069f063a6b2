"""reCAPTCHA: the check by another service that a person, not a program, fills in a form."""

import logging
from typing import Any, NamedTuple

from houston.core.errors import Unavailable, Unprocessable
from houston.core.http_client import read_body
from houston.core.json import loads

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5.0
MAX_RESPONSE_BYTES = 2**16
MIN_SCORE = 0.5


class Recaptcha(NamedTuple):
    """The reCAPTCHA of a site.

    Attributes:
        public_key: The key with which pages show it.
        secret: The key of the server; empty where reCAPTCHA is not in use.
        url: The address of the service.
    """

    public_key: str
    secret: str
    url: str


def check_recaptcha(recaptcha: Recaptcha, answer: str, field: str) -> None:
    """Check that the service accepts `answer`, which the page got from it, as that of a person.

    Where it is not in use, the field is a honeypot: people do not see it, programs fill it in.

    Raises:
        Unprocessable: It is that of a program.
        Unavailable: The service does not answer, or its response is not valid.
    """
    if not recaptcha.secret:
        # With a public key alone, pages show it.
        if answer and not recaptcha.public_key:
            raise Unprocessable.about(field, "Leave this field empty.")
        return
    if _ask(recaptcha.url, recaptcha.secret, answer) < MIN_SCORE:
        raise Unprocessable.about(
            field, "reCAPTCHA does not accept this as the answer of a person."
        )


def _ask(url: str, secret: str, answer: str) -> float:
    """The score of an answer by the service, from 0 to 1."""
    # Imported at the first check: it takes seven megabytes.
    import httpx

    form = {"secret": secret, "response": answer}
    try:
        with httpx.stream("POST", url, data=form, timeout=TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            content = read_body(response, largest=MAX_RESPONSE_BYTES, seconds=TIMEOUT_SECONDS)
        return _score_of(loads(content))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        log.error("reCAPTCHA did not answer", exc_info=error)
        raise Unavailable from None


def _score_of(answer: Any) -> float:
    """The score in a response of the service; that of version 2 has none."""
    if not isinstance(answer, dict):
        raise ValueError("the answer is not an object")
    score = answer.get("score", 1.0)
    if not isinstance(score, int | float):
        raise ValueError("the score is not a number")
    return score if answer.get("success") is True else 0.0
