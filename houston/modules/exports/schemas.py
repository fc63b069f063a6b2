"""The query string of exports."""

from colander import drop

from houston.core.schema.nodes import Choice, Schema, String
from houston.modules.exports.formats import FORMATS

IGNORED = "Ignored: an export has all records, in the order of their guids."


class ExportQuerySchema(Schema):
    """The format of an export; clients send the parameters of the search as well."""

    format = Choice(FORMATS, missing="xlsx", description="The format of the file.")
    limit = String(missing=drop, description=IGNORED)
    offset = String(missing=drop, description=IGNORED)
    sort = String(missing=drop, description=IGNORED)
    reverse = String(missing=drop, description=IGNORED)
