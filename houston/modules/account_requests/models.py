"""The table of account requests."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, validates

from houston.core.db.models import Audited, Base, Identified, Timestamped
from houston.modules.users.models import MAX_FOLDED, folded


class AccountRequest(Audited, Identified, Timestamped, Base):
    """The wish of a person for an account; there is one for an e-mail at most.

    The audit log does not keep what the person wrote, which goes with the request.
    """

    __tablename__ = "account_request"
    __masked__ = frozenset({"name", "email", "email_folded", "message"})

    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(120))
    email_folded: Mapped[str] = mapped_column(String(MAX_FOLDED), unique=True)
    message: Mapped[str | None] = mapped_column(Text)

    @validates("email")
    def _email(self, _column: str, email: str) -> str:
        """Keep the form in which e-mails are compared in step."""
        self.email_folded = folded(email)
        return email
