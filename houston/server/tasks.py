"""Tasks of waitress that keep a connection open where waitress closes it."""

from waitress.task import WSGITask


class Task(WSGITask):
    """A task whose connection stays open after a 204 or a 304.

    waitress closes it after each response without `Content-Length`, but these have no body, so that
    they end with their headers (RFC 9112, section 6.3): a client that polls, or uploads a file in
    parts, keeps its connection.
    """

    def set_close_on_finish(self) -> None:
        """Close the connection after a response with a body, or where the client asks for it."""
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked or self.version != "1.1":
            super().set_close_on_finish()
