"""Sage: the service of Wildbook-IA, asked over HTTP.

Everything is below `<address>/api/`. An answer is good if its status is 200 and it says so itself:
`{"status": {"success": true}, "response": …}`. Guids travel as `{"__UUID__": "…"}`. A job is sent
with the address to call when it is done, behind `houston+`; Sage takes that off, fetches a token as
one of our OAuth2 clients and calls. What it then sends is ignored: the result is fetched.
"""

from houston.modules.image_analysis.catalogue import Catalogue
from houston.modules.image_analysis.sage.analyst import Sage
from houston.modules.image_analysis.sage.connection import Connection

__all__ = ["Connection", "Sage", "make_sage"]

SCHEME = "sage+"


def make_sage(url: str, catalogue: Catalogue) -> Sage:
    """The service at `sage+http://host:port` or `sage+https://user:password@host`.

    Raises SettingsError for what is no such address.
    """
    return Sage(Connection(url.removeprefix(SCHEME)), catalogue)
