"""The unprocessed submissions that the caller's own account shows."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Dialect,
    String,
    Text,
    TypeDecorator,
    cast,
    func,
    literal,
    select,
    type_coerce,
)

from houston.modules.asset_groups.models import AssetGroup
from houston.modules.users.models import User

GROUP = AssetGroup.__table__.c


class Unprocessed(TypeDecorator[list[dict[str, Any]]]):
    """Some submissions in one text, as every database can make it of many rows."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[dict[str, Any]]:
        """The guid and the upload type of each."""
        return [_submission(text) for text in value.split(",")] if value else []


def unprocessed_groups() -> ColumnElement[list[dict[str, Any]]]:
    """The unprocessed submissions of a user, as a column of his account."""
    text = cast(GROUP.guid, String) + literal(" ") + cast(GROUP.upload_type, String)
    owned = GROUP.owner_guid == User.__table__.c.guid
    submissions = select(func.aggregate_strings(text, ",")).where(owned, ~GROUP.is_processed)
    return type_coerce(submissions.correlate(User.__table__).scalar_subquery(), Unprocessed())


def _submission(text: str) -> dict[str, Any]:
    guid, _, upload_type = text.partition(" ")
    return {"uuid": UUID(guid), "uploadType": upload_type}
