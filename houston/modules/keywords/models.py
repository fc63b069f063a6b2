"""The table of keywords, which describe annotations and assets."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from houston.core.db.models import Audited, Base, Identified, Timestamped, describe_constraint
from houston.core.db.types import enumeration
from houston.core.values import TextEnum


class KeywordSource(TextEnum):
    """The origin of a keyword: a person or the image analysis."""

    USER = "user"
    WBIA = "wbia"


class Keyword(Audited, Identified, Timestamped, Base):
    """A keyword; its text is unique, with regard to case."""

    __tablename__ = "keyword"
    __table_args__ = (
        UniqueConstraint(
            "value",
            name=describe_constraint(
                "uq_keyword_value", "value", "A keyword with this text exists already."
            ),
        ),
    )

    value: Mapped[str] = mapped_column(String(255))
    source: Mapped[KeywordSource] = mapped_column(
        enumeration(KeywordSource, "source"), default=KeywordSource.USER
    )
