"""Names and passwords: what is accepted, what is equal, and who finds an account by them."""

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.mail import Mailer
from houston.core.mail.transports import NullTransport
from houston.core.services import services_of
from houston.modules.users.models import SignInName
from tests.clients_of_roles import Client
from tests.factories.users import PASSWORD, UserFactory
from tests.mailbox import Mailbox

USERS = "/api/v1/users"
SESSIONS = "/api/v1/auth/sessions"
NAMES = ("full_name", "first_name", "middle_name", "last_name")
ADA = {"email": "ada@example.org", "password": "analytical engine"}


def sign_in(client: Client, name: str, password: str = ADA["password"]) -> int:
    status: int = client.post_json(SESSIONS, {"username": name, "password": password}).status_int
    return status


class TestUsernames:
    @pytest.mark.parametrize(
        "username",
        [
            "later\uff20example.org",
            "later@example.org\u200b",
            "\u00adlater@example.org",
            "\uff4cater@example.org",
            "la\ufe0fter@example.org",
        ],
    )
    def test_username_is_not_the_address_of_somebody_else(
        self, anonymous: Client, user: Client, username: str
    ) -> None:
        refused = anonymous.post_json(USERS, {**ADA, "username": username})
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["username"]
        change = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": "/username", "value": username},
        ]
        assert user.patch_json(f"{USERS}/{user.account.guid}", change).status_int == 422

    @pytest.mark.parametrize("username", ["\uff41da", "ADA", "a\u200bda", " ada "])
    def test_names_that_look_equal_are_equal(self, anonymous: Client, username: str) -> None:
        UserFactory(username="ada", email="b@example.org")
        refused = anonymous.post_json(USERS, {**ADA, "username": username})
        assert refused.status_int in (409, 422)
        assert list(refused.json["messages"]) == ["username"]

    @pytest.mark.parametrize(
        "username", ["a b", "a\u00a0b", "a\u2003b", "a\uff0fb", "a\uff1ab", "\u200b", "a\tb"]
    )
    def test_username_has_no_blanks_and_separators_in_any_form(
        self, anonymous: Client, username: str
    ) -> None:
        refused = anonymous.post_json(USERS, {**ADA, "username": username})
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["username"]

    def test_names_of_an_account_follow_its_changes(
        self, user: Client, anonymous: Client, db: Session
    ) -> None:
        change = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": "/username", "value": "Zoë"},
        ]
        user.patch_json(f"{USERS}/{user.account.guid}", change)
        of_user = select(SignInName.name).where(SignInName.user_id == user.account.id)
        assert set(db.scalars(of_user)) == {"zoë", user.account.email}
        assert sign_in(anonymous, "zoe\u0308", PASSWORD) == 200
        user.delete(f"{USERS}/{user.account.guid}")
        assert set(db.scalars(of_user)).isdisjoint({"zoë", user.account.email})

    def test_name_at_sign_in_is_trimmed(self, user: Client, anonymous: Client) -> None:
        for name in (user.account.email, user.account.username):
            assert sign_in(anonymous, f"  {name.upper()} ", PASSWORD) == 200
        body = {"email": f"{user.account.email} ", "password": PASSWORD}
        assert anonymous.post_json(SESSIONS, body).status_int == 200

    def test_name_whose_letters_expand_is_bounded(self, anonymous: Client) -> None:
        short = {**ADA, "username": "\N{LATIN SMALL LIGATURE FFI}" * 80}
        assert anonymous.post_json(USERS, short).status_int == 200
        long = {**short, "username": "\N{LATIN SMALL LIGATURE FFI}" * 81}
        assert list(anonymous.post_json(USERS, long).json["messages"]) == ["username"]

    def test_name_that_cannot_be_stored_is_unknown(self, anonymous: Client) -> None:
        form = {"grant_type": "password", "client_id": "x", "password": PASSWORD}
        for name in ("a\0b", "\0"):
            assert anonymous.post("/auth/oauth2/token", {**form, "username": name}).status_int < 500
            body = {"username": name, "password": PASSWORD}
            assert anonymous.post_json(SESSIONS, body).status_int == 422


class TestAddresses:
    @pytest.mark.parametrize(
        "email", ["o'brien@example.org", "a+b@example.org", "ada@bücher.example", "ada@localhost"]
    )
    def test_address_is_accepted_found_and_mailed(
        self, anonymous: Client, db: Session, mailbox: Mailbox, email: str
    ) -> None:
        created = anonymous.post_json(USERS, {**ADA, "email": email})
        assert created.json["email"] == email
        assert sign_in(anonymous, email) == 200
        if not email.endswith("@localhost"):
            (received,) = mailbox.messages()
            assert received.to.partition("@")[0] == email.partition("@")[0]

    @pytest.mark.parametrize(
        "email",
        [
            *("a..b@example.org", "a.@example.org", ".a@example.org", "zoë@example.org"),
            *("a@b@c.org", "a@-x.org", "a@x..org", "a@.org", "a@x.org.", "a\uff20example.org"),
            *("a@[127.0.0.1]", '"a b"@example.org', "a\u200b@example.org", "a@x\0.org"),
            f"{'a' * 65}@example.org",
        ],
    )
    def test_address_that_cannot_be_mailed_is_refused(
        self, anonymous: Client, user_manager: Client, email: str
    ) -> None:
        for path, body in (
            (USERS, {**ADA, "email": email}),
            (f"{USERS}/reset_password_email", {"email": email}),
            (f"{USERS}/admin_user_initialized", {**ADA, "email": email}),
        ):
            refused = anonymous.post_json(path, body)
            assert refused.status_int == 422
            assert list(refused.json["messages"]) == ["email"]
        assert user_manager.post_json(f"{USERS}/invitations", {"email": email}).status_int == 422

    def test_two_forms_of_a_domain_are_one_address(self, anonymous: Client) -> None:
        assert anonymous.post_json(USERS, {**ADA, "email": "a@BÜCHER.example"}).status_int == 200
        taken = anonymous.post_json(USERS, {**ADA, "email": "a@xn--bcher-kva.example"})
        assert taken.status_int == 409
        assert sign_in(anonymous, "a@xn--bcher-kva.example") == 200


class TestPasswords:
    @pytest.mark.parametrize(
        "password",
        [
            *("password", "PASSWORD", "12345678", "qwertyuiop", "trustno1", "aaaaaaaaaaaa"),
            *("abcdefghij", "9876543210", "elephant", "password1", "letmein1"),
        ],
    )
    def test_common_passwords_are_refused(
        self, anonymous: Client, user: Client, password: str
    ) -> None:
        refused = anonymous.post_json(USERS, {**ADA, "password": password})
        assert refused.status_int == 422
        assert list(refused.json["messages"]) == ["password"]
        assert refused.json["message"] == refused.json["messages"]["password"][0]
        change = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": "/password", "value": password},
        ]
        assert user.patch_json(f"{USERS}/{user.account.guid}", change).status_int == 422

    @pytest.mark.parametrize(
        "password", ["Ada.Lovelace", "ada.lovelace", "ada.lovelace@example.org"]
    )
    def test_name_of_the_account_is_refused(self, anonymous: Client, password: str) -> None:
        new = {"email": "ada.lovelace@example.org", "username": "countess", "password": password}
        assert list(anonymous.post_json(USERS, new).json["messages"]) == ["password"]

    def test_composed_and_decomposed_letters_are_equal(
        self, anonymous: Client, user: Client
    ) -> None:
        composed, decomposed = "h\u00e9risson volant", "he\u0301risson volant"
        anonymous.post_json(USERS, {**ADA, "password": decomposed})
        assert sign_in(anonymous, ADA["email"], composed) == 200
        assert sign_in(anonymous, ADA["email"], decomposed) == 200
        assert sign_in(anonymous, ADA["email"], "herisson volant") == 401


def test_empty_name_at_another_service_is_none(user: Client, other: Client) -> None:
    for client in (user, other):
        for given in ("", "  ", None):
            change = [{"op": "replace", "path": "/twitter_username", "value": given}]
            assert client.patch_json(f"{USERS}/{client.account.guid}", change).status_int == 200
            assert client.get(f"{USERS}/me").json["twitter_username"] is None


class TestTextsOfOneLine:
    @pytest.mark.parametrize(
        "text", ["Ada\nLovelace", "Ada\x1b[2J", "\u202eecalevoL", "Ada\u2028Lovelace"]
    )
    def test_names_are_one_line(self, anonymous: Client, user: Client, text: str) -> None:
        for name in NAMES:
            refused = anonymous.post_json(USERS, {**ADA, name: text})
            assert (refused.status_int, list(refused.json["messages"])) == (422, [name])
        for name in (*NAMES, "affiliation", "location", "forum_id", "twitter_username"):
            change = [{"op": "replace", "path": f"/{name}", "value": text}]
            refused = user.patch_json(f"{USERS}/{user.account.guid}", change)
            assert refused.status_int == 422
            assert f"/{name}" in refused.json["message"]

    def test_account_with_older_names_can_be_read_and_changed(
        self, db: Session, user: Client, researcher: Client
    ) -> None:
        names = dict.fromkeys((*NAMES, "affiliation", "location", "forum_id"), "Ada\nLovelace")
        for name in names:
            setattr(user.account, name, "Ada\nLovelace")
        db.flush()
        assert names.items() <= researcher.get(f"{USERS}/{user.account.guid}").json.items()
        change = [
            {"op": "test", "path": "/first_name", "value": "Ada\nLovelace"},
            {"op": "replace", "path": "/last_name", "value": "Ada\nLovelace"},
            {"op": "replace", "path": "/location", "value": "London"},
        ]
        changed = user.patch_json(f"{USERS}/{user.account.guid}", change)
        assert changed.status_int == 200
        assert {**names, "location": "London"}.items() <= changed.json.items()


class TestConfirmation:
    def test_account_made_by_a_manager_is_confirmed(
        self, user_manager: Client, mailbox: Mailbox
    ) -> None:
        created = user_manager.post_json(USERS, ADA)
        assert created.json["is_email_confirmed"]
        assert mailbox.messages() == []

    def test_account_of_a_site_without_mail_is_confirmed(
        self, app: Router, anonymous: Client, mailer_that_drops: None, db: Session
    ) -> None:
        assert anonymous.post_json(USERS, ADA).json["is_email_confirmed"]

    def test_new_address_on_a_site_without_mail_is_confirmed(
        self, user: Client, mailer_that_drops: None
    ) -> None:
        change = [
            {"op": "test", "path": "/current_password", "value": PASSWORD},
            {"op": "replace", "path": "/email", "value": "new@example.org"},
        ]
        changed = user.patch_json(f"{USERS}/{user.account.guid}", change).json
        assert (changed["email"], changed["is_email_confirmed"]) == ("new@example.org", True)


@pytest.fixture
def mailer_that_drops(app: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the transport of mail the one of `null:`."""
    monkeypatch.setattr(services_of(app)[Mailer], "transport", NullTransport())
