"""An application with mail templates."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyramid.registry import Registry

from houston.core.mail import MailBranding
from tests.unit.core.mail.support import MakeApplication

TEMPLATES = {
    "reset.subject.txt.j2": "Reset the password\n of {{ name }}\n",
    "reset.txt.j2": "Hello {{ name }},\nopen {{ link }}\n",
    "reset.html.j2": '<p>Hello {{ name }}, <a href="{{ link }}">open</a></p>\n',
    "reset.de.subject.txt.j2": "Passwort zurücksetzen",
    "reset.de.txt.j2": "Hallo {{ name }}",
    "reset.de.html.j2": "<p>Hallo {{ name }}</p>",
}


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Create a package `savanna.zebras` with the templates in its directory `mail`."""
    directory = tmp_path / "savanna" / "zebras" / "mail"
    directory.mkdir(parents=True)
    for package in (directory.parent.parent, directory.parent):
        (package / "__init__.py").touch()
    for name, source in TEMPLATES.items():
        (directory / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "savanna.zebras"


@pytest.fixture
def make_mailing(make_application: MakeApplication, templates: str) -> Callable[..., Registry]:
    """Make an application with a mail transport and branding."""

    def make(url: str, branding: MailBranding | None = None) -> Registry:
        config = make_application(
            "houston.core.events",
            "houston.core.mail",
            houston__mail__url=url,
        )
        config.add_mail_templates(templates, "mail")
        if branding is not None:
            config.set_mail_branding(lambda _services, _db: branding)
        config.commit()
        return config.registry

    return make
