"""The schemas of responses."""

from houston.core.schema.nodes import Integer, MapOf, Number, Schema, Text


class PendingFileSchema(Schema):
    """A finished upload that nothing has claimed."""

    from_mapping = True
    filename = Text()
    bytes = Integer(0, description="Its size.")


class PendingTransactionSchema(Schema):
    """The finished uploads of a transaction."""

    from_mapping = True
    resources = MapOf(PendingFileSchema(), description="The files by the guid of their upload.")
    bytes = Integer(0, description="The size of all files.")
    time = Number(description="The time of its first file, in seconds since 1970.")
