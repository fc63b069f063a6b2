"""The query string of exports."""

from colander import drop

from houston.core.schema.nodes import Choice, Schema, String
from houston.modules.exports.formats import FORMATS
from houston.modules.exports.formats.capture_history import FORM

FORMAT = (
    "The format of the file: a spreadsheet, a table, a Darwin Core archive, a Camera Trap Data "
    "Package, or capture histories for Program MARK or secr."
)
OCCASION = "The length of an occasion of capture histories in days, months or years, such as `7d`."
IGNORED = "Ignored: an export has all records, in the order of their guids."


class ExportQuerySchema(Schema):
    """The format of an export; clients send the parameters of the search as well."""

    format = Choice(FORMATS, missing="xlsx", description=FORMAT)
    occasion = String(pattern=FORM, missing="1y", description=OCCASION)
    limit = String(missing=drop, description=IGNORED)
    offset = String(missing=drop, description=IGNORED)
    sort = String(missing=drop, description=IGNORED)
    reverse = String(missing=drop, description=IGNORED)
