"""An API in one file: `python examples/single_file.py`, then http://127.0.0.1:5000/api/v1/."""

from collections.abc import Sequence

from pyramid.config import Configurator
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from waitress import serve

from houston.config import configure, load_settings
from houston.core.api.service import Service
from houston.core.db.session import Database
from houston.core.http.request import Request
from houston.core.schema.nodes import Integer, Schema, String
from houston.core.security.grants import Grant, Permission
from houston.core.services import services_of
from houston.core.tree import Collection, Item
from houston.domain.roles import Role


class Base(DeclarativeBase):
    """The tables of this example."""


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class UserSchema(Schema):
    """A user with a name."""

    id = Integer(1)
    name = String(1, 80)


class UserResource(Item):
    grants = (Grant(Role.ANYONE, (Permission.READ,)),)


class UserCollection(Collection):
    noun, model, item = "users", User, UserResource
    grants = (Grant(Role.ANYONE, (Permission.LIST,)),)


users = Service("users", "/users")
user = Service("user", "/users/{user}")


@users.get(Permission.LIST, returns=UserSchema(), many=True)
def list_users(request: Request) -> Sequence[User]:
    """List the users."""
    return request.db.scalars(select(User).order_by(User.id)).all()


@user.get(Permission.READ, returns=UserSchema())
def get_user(request: Request) -> User:
    """Read one user."""
    return request.context.row


if __name__ == "__main__":
    ini = {"houston.environment": "development", "houston.modules": ""}
    settings = load_settings({**ini, "houston.database.url": "sqlite:///single_file.sqlite"}, {})
    with Configurator(request_factory=Request) as config:
        configure(config, settings)
        config.add_branch("users", UserCollection)
        config.scan()
        database = services_of(config)[Database]
        Base.metadata.create_all(database.engine)
        with database.transaction() as db:
            for id, name in enumerate(("user1", "user2"), start=1):
                db.merge(User(id=id, name=name))
    serve(config.make_wsgi_app(), listen="127.0.0.1:5000")
