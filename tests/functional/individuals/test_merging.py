"""Merging individuals at once: checks, names, values, encounters, and what is deleted."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.services import Services
from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.individuals.events import IndividualsMerged
from houston.modules.individuals.models import Individual, MergeRequest, Name
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.individuals import NameFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import NOWHERE, TAXONOMY
from tests.functional.individuals.conftest import CODEX, GREVYS, INDIVIDUALS, OTHER_CODEX
from tests.functional.individuals.merges import (
    CHECK,
    encounters_of,
    exists,
    individual,
    merge,
    names_of,
)


class TestConflicts:
    def test_what_conflicts_is_named(self, researcher: Client) -> None:
        one = individual(researcher.account, names={"FirstName": "Zoe", "Old": "Z"}, sex="male")
        other = individual(names={"FirstName": "Ida", CODEX: "001"}, taxonomy_guid=UUID(GREVYS))
        third = individual(names={CODEX: "002"})
        guids = [str(each.guid) for each in (one, other, third)]
        response = researcher.post_json(CHECK, guids)
        assert response.status_int == 200
        assert response.json == {
            "sex": True,
            "taxonomy_guid": True,
            "name_contexts": ["FirstName", CODEX],
        }

    def test_nothing_is_named_without_conflicts(self, researcher: Client) -> None:
        one, other = individual(researcher.account, names={"FirstName": "Zoe"}), individual()
        response = researcher.post_json(CHECK, [str(one.guid), str(other.guid)])
        assert (response.status_int, response.json) == (200, {})

    @pytest.mark.parametrize("body", [{}, [], [NOWHERE], ["x", "y"], [str(UUID(int=7))] * 2])
    def test_other_bodies_are_refused(self, researcher: Client, body: Any) -> None:
        assert researcher.post_json(CHECK, body).status_int == 400

    def test_unknown_individual_is_named(self, researcher: Client) -> None:
        known, unknown = individual(researcher.account), uuid4()
        response = researcher.post_json(CHECK, [str(known.guid), str(unknown)])
        assert response.status_int == 404
        assert response.json["message"] == f"Individual {unknown} not found"

    def test_caller_must_be_able_to_change_one(self, researcher: Client, anonymous: Client) -> None:
        guids = [str(individual(UserFactory()).guid) for _ in range(2)]
        assert researcher.post_json(CHECK, guids).status_int == 403
        assert anonymous.post_json(CHECK, guids).status_int == 401


class TestChecks:
    @pytest.mark.parametrize(
        "body",
        [
            [],
            {},
            {"fromIndividualIds": []},
            {"fromIndividualIds": "x"},
            {"fromIndividualIds": ["x"]},
            [NOWHERE],
            {"fromIndividualIds": [NOWHERE], "parameters": {"override": {"sex": "x"}}},
            {"fromIndividualIds": [NOWHERE], "parameters": {"unknown": 1}},
            {
                "fromIndividualIds": [NOWHERE],
                "parameters": {"override": {"name_context": {"FirstName": "two\nlines"}}},
            },
        ],
    )
    def test_bad_input_is_refused(self, researcher: Client, body: Any) -> None:
        target = individual(researcher.account)
        response = researcher.post_json(f"{INDIVIDUALS}/{target.guid}/merge", body)
        assert response.status_int == 400
        assert response.json["messages"]

    def test_unknown_source_is_named(self, researcher: Client) -> None:
        target, unknown = individual(researcher.account), str(uuid4())
        response = researcher.post_json(f"{INDIVIDUALS}/{target.guid}/merge", [unknown])
        assert response.json["message"] == f"passed from individual id={unknown} is invalid"

    def test_individual_is_not_merged_with_itself(self, researcher: Client) -> None:
        target = individual(researcher.account)
        response = merge(researcher, target, target)
        assert response.status_int == 400
        text = f"attempt to merge individual {target.guid} with self"
        assert response.json["messages"] == {"fromIndividualIds": [text]}

    def test_unknown_target_is_not_found(self, researcher: Client) -> None:
        source = individual(researcher.account)
        response = researcher.post_json(f"{INDIVIDUALS}/{uuid4()}/merge", [str(source.guid)])
        assert response.status_int == 404

    def test_caller_must_be_able_to_change_one(
        self, db: Session, researcher: Client, anonymous: Client
    ) -> None:
        target, source = individual(UserFactory()), individual(UserFactory())
        assert merge(researcher, target, source).status_int == 403
        assert merge(anonymous, target, source).status_int == 401
        assert exists(db, source)

    def test_species_must_be_one_of_the_site(self, db: Session, researcher: Client) -> None:
        target, source = individual(researcher.account), individual(researcher.account)
        response = merge(researcher, target, source, taxonomy_guid=str(uuid4()))
        assert response.status_int == 400
        assert list(response.json["messages"]) == ["parameters.override.taxonomy_guid"]
        assert exists(db, source)


class TestWhoIsAsked:
    def test_nobody_about_own_encounters(self, db: Session, user: Client) -> None:
        target, source = individual(user.account), individual(user.account, user.account)
        mine, others = encounters_of(db, target.guid), encounters_of(db, source.guid)
        response = merge(user, target, source)
        assert response.status_int == 200
        result = response.json
        merged = {each: set(guids) for each, guids in result.pop("merged").items()}
        assert merged == {str(source.guid): {str(guid) for guid in others}}
        assert result == {
            "targetId": str(target.guid),
            "targetSex": None,
            "targetTaxonomyGuid": TAXONOMY,
        }
        assert encounters_of(db, target.guid) == mine | others
        assert not exists(db, source)

    def test_nobody_about_those_that_the_public_reported(
        self, db: Session, researcher: Client, user: Client
    ) -> None:
        public = PublicUserFactory()
        assert "targetId" in merge(researcher, individual(public), individual(public)).json
        own, source = individual(user.account), individual(public)
        assert "targetId" in merge(user, own, source).json
        assert merge(user, individual(public), individual(public)).status_int == 403

    def test_nobody_by_administrators(self, db: Session, admin: Client) -> None:
        source = individual(UserFactory())
        assert "targetId" in merge(admin, individual(UserFactory()), source).json
        assert not exists(db, source)
        assert "targetId" in merge(admin, individual(), individual()).json

    def test_owner_of_others_is_asked(self, db: Session, user: Client) -> None:
        target, source = individual(user.account), individual(UserFactory())
        (blocking,) = encounters_of(db, source.guid)
        response = merge(user, target, source)
        assert response.status_int == 200
        assert response.json["merge_request"] is True
        assert response.json["blocking_encounters"] == [str(blocking)]
        assert db.get(MergeRequest, UUID(response.json["request_id"])) is not None
        assert exists(db, source)

    def test_list_of_sources_is_enough(self, db: Session, user: Client) -> None:
        target, *sources = (individual(user.account) for _ in range(3))
        guids = [str(source.guid) for source in (*sources, sources[0])]
        response = user.post_json(f"{INDIVIDUALS}/{target.guid}/merge", guids)
        assert response.status_int == 200
        assert set(response.json["merged"]) == set(guids)
        assert not any(exists(db, source) for source in sources)


class TestValues:
    @pytest.mark.parametrize(
        ("override", "sex"),
        [({}, "male"), ({"sex": "female"}, "female"), ({"sex": None}, None), ({"sex": ""}, None)],
    )
    def test_target_keeps_its_sex_unless_another_is_chosen(
        self, db: Session, user: Client, override: Any, sex: Any
    ) -> None:
        target, source = (
            individual(user.account, sex="male"),
            individual(user.account, sex="female"),
        )
        response = merge(user, target, source, **override)
        assert response.json["targetSex"] == sex
        db.expire_all()
        assert db.get_one(Individual, target.guid).sex == sex

    @pytest.mark.parametrize(("chosen", "taxonomy"), [(GREVYS, GREVYS), (None, TAXONOMY)])
    def test_target_keeps_its_species_unless_another_is_chosen(
        self, user: Client, chosen: Any, taxonomy: str
    ) -> None:
        target, source = individual(user.account), individual(user.account)
        response = merge(user, target, source, taxonomy_guid=chosen)
        assert response.json["targetTaxonomyGuid"] == taxonomy

    def test_changes_are_audited(self, db: Session, user: Client) -> None:
        target, source = individual(user.account), individual(user.account)
        (encounter,) = encounters_of(db, source.guid)
        merge(user, target, source, sex="female")
        logs = {log.item_guid: log for log in db.scalars(select(AuditLog))}
        assert logs[encounter].changes == {
            "individual_guid": {"before": str(source.guid), "after": str(target.guid)}
        }
        assert logs[target.guid].changes["sex"]["after"] == "female"
        assert logs[source.guid].audit_type is AuditType.DELETE

    def test_other_modules_are_told_before_the_sources_are_deleted(
        self, db: Session, services: Services, user: Client
    ) -> None:
        target, source = individual(user.account), individual(user.account)
        told: list[Any] = []
        events = services[Events]
        events.subscribe(
            IndividualsMerged,
            lambda _services, session, event: told.append(
                (event.target.guid, [session.get(Individual, s.guid).guid for s in event.sources])
            ),
        )
        try:
            merge(user, target, source)
        finally:
            events._subscribers.pop()
        assert told == [(target.guid, [source.guid])]

    def test_number_of_statements_does_not_depend_on_encounters(
        self, user: Client, statements: list[str]
    ) -> None:
        numbers = []
        for size in (1, 12):
            target = individual(*[user.account] * size)
            source = individual(*[user.account] * size)
            statements.clear()
            assert "targetId" in merge(user, target, source).json
            numbers.append(len(statements))
        assert numbers[0] == numbers[1]


class TestNames:
    def test_target_gets_all_names(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={"FirstName": "Zoe", "FirstName1": "Z"})
        source = individual(user.account, names={"FirstName": "Ida", "AdoptionName": "Stripe"})
        third = individual(user.account, names={"FirstName": "Mia", "AdoptionName": "Spot"})
        friend = UserFactory()
        NameFactory(individual=source, context="Nick", value="I", preferring_users=[friend])
        merge(user, target, source, third)
        assert names_of(db, target.guid) == {
            "FirstName": "Zoe",
            "FirstName1": "Z",
            "FirstName2": "Ida",
            "FirstName3": "Mia",
            "AdoptionName": "Stripe",
            "AdoptionName1": "Spot",
            "Nick": "I",
        }
        nick = db.scalars(select(Name).where(Name.context == "Nick")).one()
        assert [each.guid for each in nick.preferring_users] == [friend.guid]

    def test_chosen_text_replaces_the_names_of_its_context(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={"FirstName": "Zoe"})
        source = individual(user.account, names={"FirstName": "Ida", "AdoptionName": "Stripe"})
        chosen = {"FirstName": "Mia", "AdoptionName": "ignored", "Nick": "ignored"}
        merge(user, target, source, name_context=chosen)
        assert names_of(db, target.guid) == {"FirstName": "Mia", "AdoptionName": "Stripe"}
        assert db.scalar(select(Name).where(Name.value == "Ida")) is None

    @pytest.mark.parametrize("nothing", [None, "", "  "])
    def test_empty_text_is_no_choice(self, db: Session, user: Client, nothing: Any) -> None:
        target = individual(user.account, names={"FirstName": "Zoe"})
        source = individual(user.account, names={"FirstName": "Ida"})
        assert merge(user, target, source, name_context={"FirstName": nothing}).status_int == 200
        assert names_of(db, target.guid) == {"FirstName": "Zoe", "FirstName1": "Ida"}


@pytest.mark.usefixtures("schemes")
class TestAutogeneratedNames:
    def test_target_without_one_gets_one(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={"FirstName": "Zoe"})
        source = individual(user.account, names={CODEX: "004"})
        merge(user, target, source)
        assert names_of(db, target.guid) == {
            "FirstName": "Zoe",
            CODEX: "001",
            "Historical Codex ID": "EQU-004",
        }

    def test_target_keeps_its_own(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={CODEX: "001"})
        source = individual(user.account, names={CODEX: "002"})
        third = individual(user.account, names={OTHER_CODEX: "007"}, taxonomy_guid=UUID(GREVYS))
        merge(user, target, source, third)
        assert names_of(db, target.guid) == {
            CODEX: "001",
            "Historical Codex ID": "EQU-002",
            "Historical Codex ID1": "GRE-007",
        }

    def test_chosen_one_replaces_that_of_the_target(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={CODEX: "001"})
        source = individual(user.account)
        chosen = NameFactory(individual=source, context=CODEX, value="002")
        response = merge(user, target, source, name_context={CODEX: str(chosen.guid)})
        assert response.status_int == 200
        assert names_of(db, target.guid) == {CODEX: "002", "Historical Codex ID": "EQU-001"}
        assert db.get_one(Name, chosen.guid).individual_guid == target.guid

    def test_species_and_name_are_chosen_together(self, db: Session, user: Client) -> None:
        target = individual(user.account, names={CODEX: "001"})
        source = individual(user.account, taxonomy_guid=UUID(GREVYS))
        chosen = NameFactory(individual=source, context=OTHER_CODEX, value="007")
        override = {"taxonomy_guid": GREVYS, "name_context": {OTHER_CODEX: str(chosen.guid)}}
        assert merge(user, target, source, **override).json["targetTaxonomyGuid"] == GREVYS
        assert names_of(db, target.guid) == {OTHER_CODEX: "007", "Historical Codex ID": "EQU-001"}

    @pytest.mark.parametrize("species", [GREVYS, None])
    def test_one_of_another_species_is_refused(
        self, db: Session, user: Client, species: Any
    ) -> None:
        target = individual(user.account, names={CODEX: "001"})
        source = individual(user.account, taxonomy_guid=UUID(GREVYS))
        other = NameFactory(individual=source, context=OTHER_CODEX, value="007")
        chosen = {} if species else {OTHER_CODEX: str(other.guid)}
        response = merge(user, target, source, taxonomy_guid=species, name_context=chosen)
        assert response.status_int == 400
        text = "override results in incompatible AutogeneratedName and Taxonomy"
        assert response.json["message"] == text
        assert exists(db, source)
        assert names_of(db, target.guid) == {CODEX: "001"}

    def test_one_of_another_individual_is_refused(self, user: Client) -> None:
        stranger = NameFactory(context=CODEX, value="009")
        target, source = individual(user.account), individual(user.account)
        for chosen in (str(stranger.guid), "x"):
            response = merge(user, target, source, name_context={CODEX: chosen})
            assert response.status_int == 400
            assert list(response.json["messages"]) == ["parameters.override.name_context"]
