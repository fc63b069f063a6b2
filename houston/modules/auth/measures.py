"""The measure of how many users have signed in lately."""

from datetime import timedelta

from sqlalchemy import distinct, func, select, union_all

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.http.measures import Measure, Values
from houston.core.services import Services
from houston.modules.auth.models import BrowserSession, Token

DAYS = (1, 7, 30, 90, 180, 365)
NEWEST = union_all(
    *(select(model.user_id.label("user"), model.created) for model in (Token, BrowserSession))
).subquery()


def count_logins(_services: Services, db: Session) -> Values:
    """The number of users with a token or a session that is younger than some days, or of any age.

    Sessions that have ended are deleted and do not count.
    """
    users, now = func.count(distinct(NEWEST.c.user)), utc_now()
    since = {str(days): NEWEST.c.created > now - timedelta(days=days) for days in DAYS}
    columns = [users.filter(condition) for condition in since.values()]
    row = db.execute(select(*columns, users)).one()
    return {(days,): number for days, number in zip((*since, "None"), row, strict=True)}


LOGINS = Measure("Users who have signed in, by the age of it in days.", ("days",), count_logins)
