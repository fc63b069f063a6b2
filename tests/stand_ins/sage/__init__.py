"""A stand-in for Sage, which implements its protocol over a real socket.

    with StandInSage() as sage:
        sage.animals = lambda picture: [animal(rect=(10, 20, 300, 200))]
        with live_server(folder, HOUSTON_IMAGE_ANALYSIS_URL=sage.setting): ...

It stores `images` and `annotations` under guids of their content; `forget()` deletes both.
`animals` computes the detected animals, `score` the scores. A job is completed immediately, or by
`finish()` if `holding` is set, with the status `outcome` and a result that `edit_result` may
change. Then the stand-in sends the callback, with a token that it requests as the OAuth2 client
`callback_client`. With `lose_callbacks` it sends none, and their addresses are in `lost`. The
addresses of the others are in `called_back`, with the status of the response.

All requests are in `calls`. `fail_next(3, Failure.BUSY, "engine/")` makes the next three requests
to paths with that prefix fail. With `credentials` it requires those of HTTP Basic.

For an application in the process of the test, `installed(app, sage)` replaces the image analysis.
Such an application cannot receive callbacks: post to the addresses in `lost`.
"""

from tests.stand_ins.sage.installation import installed
from tests.stand_ins.sage.jobs import Job, animal, guid_of
from tests.stand_ins.sage.server import Call, Failure, StandInSage

__all__ = ["Call", "Failure", "Job", "StandInSage", "animal", "guid_of", "installed"]
