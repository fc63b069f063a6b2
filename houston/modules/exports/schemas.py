"""The query string of exports."""

from colander import drop

from houston.core.api.queries import Query
from houston.core.schema.nodes import Choice, Guid, Instant, Integer, Schema, String, Text
from houston.modules.exports.formats import FORMATS
from houston.modules.exports.formats.capture_history import FORM
from houston.modules.exports.models import ExportState
from houston.modules.exports.services.dataset import Noun
from houston.modules.jobs.schemas import ProgressSchema

FORMAT = (
    "The format of the file: a spreadsheet, a table, a Darwin Core archive, a Camera Trap Data "
    "Package, or capture histories for Program MARK or secr."
)
OCCASION = "The length of an occasion of capture histories in days, months or years, such as `7d`."
IGNORED = "Ignored: an export has all records, in the order of their guids."


class ExportOptionsSchema(Schema):
    """The format of an export."""

    format = Choice(FORMATS, missing="xlsx", description=FORMAT)
    occasion = String(pattern=FORM, missing="1y", description=OCCASION)


class ExportQuerySchema(ExportOptionsSchema):
    """The format of an export; clients send the parameters of the search as well."""

    limit = String(missing=drop, description=IGNORED)
    offset = String(missing=drop, description=IGNORED)
    sort = String(missing=drop, description=IGNORED)
    reverse = String(missing=drop, description=IGNORED)


class NewExportSchema(ExportOptionsSchema):
    """An export that is made in the background."""

    noun = Choice(Noun, description="The class of the records.")
    query = Query()


class ExportListSchema(Schema):
    """An export in a list."""

    guid = Guid()
    created = Instant()
    noun = Choice(Noun)
    format = Choice(FORMATS)
    state = Choice(ExportState)
    expires = Instant(description="The time after which it is deleted.")


class ExportSchema(ExportListSchema):
    """An export that is made in the background."""

    occasion = Text(max=16)
    number = Integer(0, nullable=True, description="The number of records, once it is done.")
    error = Text(nullable=True, description="The reason why it failed.")
    filename = Text(nullable=True)
    progress = ProgressSchema(nullable=True)
