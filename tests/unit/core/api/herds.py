"""Herds and their animals: a small API whose documents are tested."""

from typing import Any
from uuid import UUID

import colander
from pyramid.config import Configurator
from pyramid.registry import Registry
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from houston.core.api.patch import PatchSchema
from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import Conflict, Forbidden
from houston.core.http.request import FORM_TYPES, Request
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Number,
    Password,
    Schema,
    String,
)
from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role

SETTINGS = {
    "houston.environment": "testing",
    "houston.base_url": "http://localhost",
    "houston.database.url": "sqlite:///unused.sqlite",
    "houston.cookies.secure": "false",
    "houston.limits": "create_herd 10/hour",
}


class Base(DeclarativeBase):
    pass


class HerdModel(Base):
    __tablename__ = "herd"
    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[UUID]
    shepherd_guid: Mapped[UUID]


class AnimalModel(Base):
    __tablename__ = "animal"
    guid: Mapped[UUID] = mapped_column(primary_key=True)


SHEPHERD = LocalRole("shepherd of the herd", HerdModel, HerdModel.shepherd_guid == Caller.guid)


class AnimalItem(Part):
    grants = (Grant(SHEPHERD, (Permission.WRITE,)),)


class Animals(Collection):
    model = AnimalModel
    item = AnimalItem


class HerdItem(Item):
    grants = (
        Grant(SHEPHERD, (Permission.READ, Permission.WRITE)),
        Grant(Role.RESEARCHER, (Permission.READ,)),
        Grant(Role.ADMIN, tuple(Permission)),
    )
    children = {"animals": Animals}


class Herds(Collection):
    noun = "herds"
    model = HerdModel
    item = HerdItem
    grants = (
        Grant(Role.ANYONE, (Permission.LIST,)),
        Grant(Role.SIGNED_IN, (Permission.CREATE,)),
        Grant(Role.ADMIN, tuple(Permission)),
    )


class Brands(Collection):
    noun = "brands"
    model = HerdModel
    item = Item
    grants = (Grant(Role.ADMIN, (Permission.READ,)),)

    def find(self, key: str) -> None:
        return None


class OAuth(Resource):
    noun = "auth"
    children = {"oauth2": type("OAuth2", (Resource,), {"children": {"token": Resource}})}


class PlaceSchema(Schema):
    latitude = Number(-90, 90)
    longitude = Number(-180, 180)


class HerdSchema(Schema):
    """A herd, as it is seen."""

    guid = Guid()
    name = String(1, 50, description="What people call it.", example="Northern")
    kind = Choice(["goats", "sheep"], nullable=True)
    founded = Instant(nullable=True)
    place = PlaceSchema(nullable=True, description="Where it grazes.")
    pastures = ListOf(PlaceSchema())
    counts = MapOf(Integer(0))
    notes = Json()


class Hectares(Number):
    """A number, also as text."""

    accepts_also = {"type": "string", "pattern": "^[0-9]+$"}


class NewHerdSchema(Schema):
    name = String(1, 50)
    kind = Choice(["goats", "sheep"], missing="goats")
    is_wild = Boolean(missing=False)
    founded = Instant(missing=colander.drop, nullable=True)
    tags = ListOf(String(1, 20), missing=colander.drop)
    home = PlaceSchema(missing=None)
    area = Hectares(0, nullable=True, missing=colander.drop)
    guid = Guid(read_only=True)


class HerdPatch(PatchSchema):
    name = String(1, 50)
    kind = Choice(["goats", "sheep"], nullable=True)
    current_password = Password(virtual=True, missing=colander.drop)


class AnimalPatch(PatchSchema):
    name = String(1, 50)
    friends = ListOf(String(1, 50), association=True)


class TokenRequestSchema(Schema):
    grant_type = String(1, 50)
    scope = ListOf(String(1, 50), missing=colander.drop)


class Full(Conflict):
    """The herd has no place for more."""


herds = Service("herds", "/herds")
herd = Service("herd", r"/herds/{herd:[\w-]{1,36}}")
animal = Service("animal", "/herds/{herd}/animals/{animal}")
brand = Service("brand", "/brands/{brand}")
token = Service("token", "/auth/oauth2/token", prefix="")


@herds.get(Permission.LIST, query=page_query(sort=("name",)), returns=HerdSchema(), paged=True)
def list_herds(request: Request) -> Any:
    """List herds."""


@herds.post(Permission.CREATE, body=NewHerdSchema(), returns=HerdSchema(), errors=(Full,))
def create_herd(request: Request) -> Any:
    """Found a herd.

    The caller becomes its shepherd.
    """


@herd.get(Permission.READ, returns=HerdSchema())
def get_herd(request: Request) -> Any:
    """Read a herd."""


@herd.patch(Permission.WRITE, patch=HerdPatch(), returns=HerdSchema(), errors=(Full, Forbidden))
def patch_herd(request: Request) -> Any:
    """Change a herd."""


@herd.delete(Permission.DELETE, deprecated=True)
def delete_herd(request: Request) -> Any:
    """Disband a herd."""


@animal.patch(Permission.WRITE, patch=AnimalPatch(), returns=PlaceSchema())
def patch_animal(request: Request) -> Any:
    """Change an animal."""


@brand.get(Permission.READ, produces="image/png", response_headers={"X-Ink": "Its colour."})
def get_brand(request: Request) -> Any:
    """Read a brand as a picture."""


@token.post(Permission.PUBLIC, body=TokenRequestSchema(), consumes=FORM_TYPES)
def create_token(request: Request) -> Any:
    """Get a token."""


SERVICES = (herds, herd, animal, brand, token)


TOKEN_URL = {"tokenUrl": "/auth/oauth2/token"}
SCHEMES = {
    "oauth2": {
        "type": "oauth2",
        "flows": {"password": TOKEN_URL, "clientCredentials": TOKEN_URL},
    }
}


def application(*services: Service, schemes: Any = SCHEMES, **settings: str) -> Any:
    """Return an application of some services, with all tweens but without a database."""
    config = Configurator(request_factory=Request)
    services_of(config).add(Settings.load(SETTINGS | settings, {}))
    for part in ("http", "security", "tree", "api"):
        config.include(f"houston.core.{part}")
    for name, branch in (("herds", Herds), ("brands", Brands), ("auth", OAuth)):
        config.add_branch(name, branch)
    for name, scheme in schemes.items():
        config.add_security_scheme(name, scheme)
    for service in services or SERVICES:
        config.add_cornice_service(service)
    return config.make_wsgi_app()


def registry() -> Registry:
    """Return the registry of the complete small API."""
    return application().registry
