"""Creating individuals from encounters."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.modules.individuals.models import Individual
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import TAXONOMY
from tests.functional.individuals.conftest import CODEX, INDIVIDUALS, create, names, new

FIELD = "77777777-7777-4777-8777-777777777777"


@pytest.fixture
def field(db: Session) -> None:
    """Define a custom field of individuals."""
    schema = {"category": "c", "displayType": "integer", "label": "Stripes"}
    definition = {"id": FIELD, "name": "stripes", "multiple": False, "schema": schema}
    value = {"definitions": [definition]}
    db.add(SiteSetting(key="site.custom.customFields.Individual", value=value))
    db.commit()


def test_individual_has_the_values(researcher: Client, encounter: Any, field: None) -> None:
    friend = UserFactory()
    shown = create(
        researcher,
        encounter,
        names=[
            {"context": "FirstName", "value": " Zoe ", "preferring_users": [str(friend.guid)]},
            {"context": "AdoptionName", "value": "Stripy"},
        ],
        timeOfBirth="2020-01-01T03:00:00+03:00",
        timeOfDeath=None,
        comments="A foal.",
        customFields={FIELD: "44"},
    )
    assert names(shown) == {"FirstName": "Zoe", "AdoptionName": "Stripy"}
    first = shown["names"][0]
    assert first["creator"]["guid"] == str(researcher.account.guid)
    assert [each["guid"] for each in first["preferring_users"]] == [str(friend.guid)]
    assert (shown["sex"], shown["taxonomy"]) == ("female", TAXONOMY)
    assert shown["timeOfBirth"] == "2020-01-01T00:00:00+00:00"
    assert (shown["timeOfDeath"], shown["comments"]) == (None, "A foal.")
    assert shown["customFields"] == {FIELD: 44}
    assert [each["guid"] for each in shown["encounters"]] == [str(encounter.guid)]
    assert (shown["hasView"], shown["hasEdit"]) == (True, True)
    assert researcher.get(f"{INDIVIDUALS}/{shown['guid']}").json == shown


def test_codex_id_follows_the_names(researcher: Client, encounter: Any, schemes: None) -> None:
    assert list(names(create(researcher, encounter)).items()) == [
        ("FirstName", "Zoe"),
        (CODEX, "EQU-001"),
    ]


@pytest.mark.parametrize("species", ["equus QUAGGA", "624996", 624996, TAXONOMY.upper()])
def test_species_by_another_name(researcher: Client, encounter: Any, species: Any) -> None:
    assert create(researcher, encounter, taxonomy=species)["taxonomy"] == TAXONOMY


def test_all_faults_are_named(db: Session, researcher: Client, encounter: Any) -> None:
    known = EncounterFactory(owner=researcher.account)
    IndividualFactory(encounters=[known])
    body = new(
        known,
        encounter,
        taxonomy="Panthera leo",
        customFields={"?": 1},
        names=[{"context": "FirstName", "value": "Zoe", "preferring_users": [str(uuid4())]}],
    )
    body["encounters"].append({"id": str(uuid4())})
    response = researcher.post_json(INDIVIDUALS, body)
    assert response.status_int == 422
    messages = response.json["messages"]
    assert messages["encounters.0.id"] == [
        "Individual POST included an encounter that already has an Individual."
    ]
    assert messages["encounters.2.id"][0].startswith("There is no encounter")
    assert messages["taxonomy"] == ['"Panthera leo" is not a species of this site.']
    assert messages["customFields.?"] == ["invalid customField definition id ?"]
    assert messages["names.0.preferring_users"][0].startswith("Invalid user guid")
    assert len(db.scalars(select(Individual)).all()) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": [{"context": "FirstName"}]}, "names.0.value: Missing data"),
        ({"names": [{"value": "Zoe"}]}, "names.0.context: Missing data"),
        ({"names": [{"context": "", "value": "Zoe"}]}, "names.0.context: Shorter"),
        ({"names": [{"context": CODEX, "value": "9"}]}, "names.0.context: Cannot create name"),
        ({"names": [{"context": "A", "value": "1"}] * 2}, "names.0: Occurs more than once."),
        ({"encounters": []}, "encounters: Must have 1 to 100 items."),
        ({"encounters": [{}]}, "encounters.0.id: Missing data"),
        ({"sex": "both"}, "sex: Must be one of"),
        ({"taxonomy": None}, "taxonomy: Field may not be null."),
        ({"timeOfBirth": "yesterday"}, "timeOfBirth: Not a valid datetime"),
        ({"customFields": []}, "customFields: "),
    ],
)
def test_wrong_values(researcher: Client, encounter: Any, change: Any, message: str) -> None:
    response = researcher.post_json(INDIVIDUALS, new(encounter) | change)
    assert response.status_int == 422
    assert message in response.json["message"]


def test_encounter_of_somebody_else(researcher: Client) -> None:
    response = researcher.post_json(INDIVIDUALS, new(EncounterFactory()))
    assert response.status_int == 403


def test_encounter_of_the_public(researcher: Client, encounter: Any) -> None:
    public = EncounterFactory(owner=PublicUserFactory())
    assert len(create(researcher, encounter, public)["encounters"]) == 2


def test_contributors_may_not(client_for: Any) -> None:
    contributor = client_for(UserFactory(is_contributor=True))
    own = EncounterFactory(owner=contributor.account)
    assert contributor.post_json(INDIVIDUALS, new(own)).status_int == 403
