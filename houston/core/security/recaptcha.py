"""reCAPTCHA: the judgement of another service on whether a person is at the keyboard."""

import logging
from typing import Any, NamedTuple

from houston.core.errors import Unavailable, Unprocessable
from houston.core.http_client import read_body
from houston.core.json import loads

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5.0
LARGEST_ANSWER = 2**16
LOWEST_SCORE = 0.5


class Recaptcha(NamedTuple):
    """The reCAPTCHA of a site.

    Pages show it with `public_key`; the server asks `url` with `secret`, which is empty where
    reCAPTCHA is not in use.
    """

    public_key: str
    secret: str
    url: str


class Judgement(NamedTuple):
    """The answer of the service: whether a person solved it, and how likely, from 0 to 1."""

    success: bool
    score: float


def check_recaptcha(recaptcha: Recaptcha, answer: str, field: str) -> None:
    """Check that the service takes `answer` for that of a person.

    Where it is not in use the field is a trap: people do not see it, robots fill it in.

    Args:
        recaptcha: The reCAPTCHA of the site.
        answer: The text that the page got from the service.
        field: The name of the input for the error.

    Raises:
        Unprocessable: It is that of a robot.
        Unavailable: The service does not answer, or with nonsense.
    """
    if not recaptcha.secret:
        # With a public key alone, pages do show it.
        if answer and not recaptcha.public_key:
            raise _refusal(field, "Leave this field empty.")
        return
    judgement = _ask(recaptcha.url, recaptcha.secret, answer)
    if not judgement.success or judgement.score < LOWEST_SCORE:
        raise _refusal(field, "reCAPTCHA does not take you for a person.")


def _refusal(field: str, text: str) -> Unprocessable:
    return Unprocessable(text, messages={field: [text]})


def _ask(url: str, secret: str, answer: str) -> Judgement:
    # Imported with the first question: it takes seven megabytes.
    import httpx

    form = {"secret": secret, "response": answer}
    try:
        with httpx.stream("POST", url, data=form, timeout=TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            content = read_body(response, largest=LARGEST_ANSWER, seconds=TIMEOUT_SECONDS)
        return _read_judgement(loads(content))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        log.error("reCAPTCHA did not answer", exc_info=error)
        raise Unavailable from None


def _read_judgement(answer: Any) -> Judgement:
    """Read the answer of the service, of which version 2 gives no score.

    Raises:
        ValueError: It is not what the service documents.
    """
    if not isinstance(answer, dict):
        raise ValueError("the answer is not an object")
    score = answer.get("score", 1.0)
    if not isinstance(score, int | float):
        raise ValueError("the score is not a number")
    return Judgement(answer.get("success") is True, score)
