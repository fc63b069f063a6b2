"""A stand-in for Sage that speaks its protocol over a real socket.

    with StandInSage() as sage:
        sage.animals = lambda picture: [animal(rect=(10, 20, 300, 200))]
        with live_server(folder, HOUSTON_IMAGE_ANALYSIS_URL=sage.setting): ...

It keeps pictures and annotations under guids made of their content, so that it can be asked whether
it has them (`images`, `annotations`; `forget()` loses both). What it finds says `animals`, what it
scores `score`. A job is completed at once, or by `finish()` while it is `holding`, with the status
that `outcome` says and a result that `edit_result` may spoil. Then it calls back with a token that
it fetches as the OAuth2 client `callback_client`, unless it shall `lose_callbacks`: those are in
`lost`, the others with the status of their answer in `called_back`.

Every request is in `calls`. `fail_next(3, Failure.BUSY, "engine/")` makes the next three requests
whose path begins so fail. With `credentials` it wants those of HTTP Basic.

For the application of a test in this very process, `installed(app, sage)` puts it in the place of
the image analysis; sessions that were made before keep the other one. Such an application cannot be
called back: post to the addresses in `lost`.
"""

from tests.stand_ins.sage.installation import installed
from tests.stand_ins.sage.jobs import Job, animal, guid_of
from tests.stand_ins.sage.server import Call, Failure, StandInSage

__all__ = ["Call", "Failure", "Job", "StandInSage", "animal", "guid_of", "installed"]
