"""The addresses of OAuth2 clients, tokens that were issued, and personal access tokens."""

from collections.abc import Sequence

from houston.core.api.service import Service
from houston.core.errors import Forbidden
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.core.tree import Branches
from houston.modules.auth import schemas
from houston.modules.auth.models import Client, Token
from houston.modules.auth.services import clients as client_services
from houston.modules.auth.services import tokens as token_services
from houston.modules.auth.views.oauth2 import tokens_alias as tokens

clients = Service("oauth2_clients", "/auth/clients")
client = Service("oauth2_client", "/auth/clients/{client}")
token = Service("token", "/auth/tokens/{token}")
personal_tokens = Service("personal_tokens", "/auth/personal_tokens")


@clients.get(Permission.LIST, returns=schemas.ClientSchema(), many=True)
def list_clients(request: Request) -> Sequence[Client]:
    """List one's own OAuth2 clients."""
    return client_services.list_clients(request.db, request.caller)


@clients.post(
    Permission.CREATE, body=schemas.NewClientSchema(), returns=schemas.CreatedClientSchema()
)
def create_client(request: Request) -> Client:
    """Make an OAuth2 client. Its secret is in this answer and nowhere else."""
    return client_services.register_client(
        request.services, request.db, request.caller, request.validated["body"]
    )


@client.get(Permission.READ, returns=schemas.ClientSchema())
def get_client(request: Request) -> Client:
    """Read an OAuth2 client."""
    row: Client = request.context.row
    return row


@client.patch(Permission.WRITE, patch=schemas.ClientPatch(), returns=schemas.ClientSchema())
def patch_client(request: Request) -> Client:
    """Change an OAuth2 client."""
    return client_services.update_client(
        request.services,
        request.db,
        request.caller,
        request.context.row,
        request.validated["change"],
    )


@client.delete(Permission.DELETE)
def delete_client(request: Request) -> None:
    """Delete an OAuth2 client with the tokens that were issued to it."""
    client_services.delete_client(request.db, request.context.row)


@tokens.get(Permission.LIST, returns=schemas.TokenSchema(), many=True)
def list_tokens(request: Request) -> Sequence[Token]:
    """List one's own tokens: who they are for, what they are good for, when they were last used."""
    return token_services.list_tokens(request.db, request.caller)


@token.get(Permission.READ, returns=schemas.TokenSchema())
def get_token(request: Request) -> Token:
    """Read about one token."""
    row: Token = request.context.row
    return row


@token.delete(Permission.DELETE)
def delete_token(request: Request) -> None:
    """Revoke a token, with all that came from the same sign-in."""
    token_services.revoke_token(request.db, request.context.row)


@personal_tokens.post(
    Permission.CREATE,
    body=schemas.NewPersonalTokenSchema(),
    returns=schemas.PersonalTokenSchema(),
    errors=(Forbidden,),
)
def create_personal_token(request: Request) -> Token:
    """Make a token for one's own scripts. It is in this answer and nowhere else."""
    return token_services.create_personal_token(
        request.services[Branches], request.db, request.caller, request.validated["body"]
    )
