"""E-mail addresses: one grammar for input, for the search of accounts, and for mail.

It is that of RFC 5321 without quoted local parts and address literals. The local part is ASCII,
since many mail servers do not support others (RFC 6531); a domain may have any script. Whether a
domain exists is not checked, and sites of an intranet use names such as `localhost` and `.local`.
"""

from email_validator import (
    SPECIAL_USE_DOMAIN_NAMES,
    EmailNotValidError,
    ValidatedEmail,
    validate_email,
)

SPECIAL_USE_DOMAIN_NAMES.clear()


def parse_address(text: str) -> ValidatedEmail:
    """The parts of an address; `normalized` has its domain in lower case and in its own script.

    Raises:
        ValueError: The text is not exactly one address without a name.
    """
    return validate_email(
        text,
        allow_smtputf8=False,
        check_deliverability=False,
        globally_deliverable=False,
        strict=True,
    )


def is_address(text: str) -> bool:
    """Return whether a text is one address without a name.

    >>> is_address("o'brien@example.org"), is_address("a..b@example.org")
    (True, False)
    """
    try:
        parse_address(text)
    except EmailNotValidError:
        return False
    return True


def normalized(text: str) -> str:
    """The normal form of an address; any other text stays as it is.

    >>> normalized("Ada@XN--BCHER-KVA.example")
    'Ada@bücher.example'
    """
    try:
        return parse_address(text).normalized
    except EmailNotValidError:
        return text


def in_ascii(text: str) -> str:
    """The form of an address that all mail servers accept.

    Raises:
        ValueError: The text is not exactly one address without a name.

    >>> in_ascii("ada@bücher.example")
    'ada@xn--bcher-kva.example'
    """
    return parse_address(text).ascii_email or ""
