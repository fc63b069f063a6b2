"""Which scopes there are: a pair for every branch of the tree that has a noun."""

from collections.abc import Iterable, Mapping

from houston.core.errors import Forbidden, Reason, Unprocessable
from houston.core.security.identity import Identity
from houston.core.tree import Branches, Resource

ACCESSES = ("read", "write")


def all_scopes(branches: Mapping[str, type[Resource]]) -> list[str]:
    """Every scope, in the order of the alphabet."""
    nouns = {branch.noun for branch in branches.values() if branch.noun}
    return [f"{noun}:{access}" for noun in sorted(nouns) for access in ACCESSES]


def check_scopes(
    branches: Branches, caller: Identity, scopes: Iterable[str], field: str
) -> list[str]:
    """The scopes, in their order.

    Raises Unprocessable for one that does not exist, and Forbidden for one that the caller's own
    credential lacks: nobody makes himself a wider one.
    """
    known, wanted = all_scopes(branches), set(scopes)
    unknown = sorted(wanted.difference(known))
    if unknown:
        text = f"'{', '.join(unknown)}' scope(s) are not supported."
        raise Unprocessable(text, messages={field: [text]})
    lacking = sorted(wanted.difference(known if caller.scopes is None else caller.scopes))
    if lacking:
        text = f"Your access token lacks {', '.join(lacking)}."
        raise Forbidden(text, messages={field: [text]}, reason=Reason.INSUFFICIENT_SCOPE)
    return [scope for scope in known if scope in wanted]
