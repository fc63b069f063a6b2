"""Reading responses of other servers, which may be slow or endless."""

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported where requests are sent: it takes seven megabytes.
    import httpx


def read_body(response: "httpx.Response", *, largest: int, seconds: float) -> bytes:
    """Read the body of a streamed response.

    Args:
        response: A response of `httpx.Client.send(stream=True)` or `httpx.stream`.
        largest: The number of bytes, after decompression, that it may have.
        seconds: The time for all of it; the client's own timeout is that for a part.

    Raises:
        ValueError, TimeoutError: The body is larger, or takes longer.
        httpx.HTTPError: The connection breaks.
    """
    content, deadline = bytearray(), monotonic() + seconds
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > largest:
            raise ValueError(f"the answer has more than {largest} bytes")
        if monotonic() > deadline:
            raise TimeoutError(f"the answer takes more than {seconds} seconds")
    return bytes(content)
