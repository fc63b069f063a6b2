"""The errors of the protocol that no other address has."""

from houston.core.errors import ApiError, PreconditionFailed, Unprocessable
from houston.modules.uploads.protocol import VERSION


class WrongVersion(PreconditionFailed):
    """The client speaks no version of tus that the server does: `Tus-Version` has those."""

    message = f"This server speaks tus {VERSION}: say so in the header Tus-Resumable."

    def __init__(self) -> None:
        super().__init__(headers={"Tus-Version": VERSION})


class Locked(ApiError):
    """Another request is writing to the same upload."""

    status = 423
    message = "Another request is writing to this upload: ask how far it is, and go on from there."


class ChecksumMismatch(ApiError):
    """The bytes are not those that `Upload-Checksum` tells of; none of them was kept."""

    status = 460
    message = "The bytes are not those that the checksum tells of."


class Unwelcome(Unprocessable):
    """The file is whole, and none that this site takes: its upload is gone."""

    def __init__(self, filename: str, reason: str) -> None:
        text = f"{filename}: {reason}"
        super().__init__(text, messages={"filename": [text]})
