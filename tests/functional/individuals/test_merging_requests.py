"""Requests to merge individuals: who answers, what the answers do, and the deadline."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.jobs import Job, Jobs, JobState
from houston.core.services import Services
from houston.modules.individuals.merging.requests import MERGE
from houston.modules.individuals.models import Individual, MergeRequest, MergeState
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.individuals.merges import (
    REQUESTS,
    encounters_of,
    exists,
    individual,
    merge,
    names_of,
    notified,
    vote,
)
from tests.jobs import jobs_waiting, run_due_jobs
from tests.mailbox import Mailbox
from tests.parts import setting


class Case:
    """A request of the user to merge an individual of the other into one of theirs."""

    def __init__(self, user: Client, other: Client, *further: Any, **options: Any) -> None:
        self.target = individual(user.account, names={"FirstName": "Zoe"}, sex="male")
        self.source = individual(other.account, *further, names={"FirstName": "Ida"})
        response = merge(user, self.target, self.source, **{"sex": "female", **options})
        assert response.status_int == 200, response.json
        self.response = response.json
        self.guid = UUID(self.response["request_id"])

    def row(self, db: Session) -> MergeRequest:
        db.expire_all()
        return db.get_one(MergeRequest, self.guid)

    def state(self, db: Session) -> MergeState:
        return self.row(db).state

    def is_merged(self, db: Session) -> bool:
        """Return whether the source is merged into the target, with the chosen sex."""
        if exists(db, self.source):
            return False
        db.expire_all()
        assert db.get_one(Individual, self.target.guid).sex == "female"
        assert names_of(db, self.target.guid) == {"FirstName": "Zoe", "FirstName1": "Ida"}
        return True

    def pass_deadline(self, db: Session) -> None:
        """Let the time come at which the individuals are merged."""
        row = self.row(db)
        row.deadline = utc_now() - timedelta(seconds=1)
        db.get_one(Job, row.job_guid).run_after = row.deadline
        db.commit()


@pytest.fixture
def case(user: Client, other: Client) -> Case:
    return Case(user, other)


class TestMaking:
    def test_deadline_is_that_of_the_site(self, db: Session, user: Client, other: Client) -> None:
        assert _days_left(Case(user, other)) == pytest.approx(14, abs=0.01)
        db.add(SiteSetting(key="individualMergeDefaultDelayDays", value=3))
        db.commit()
        assert _days_left(Case(user, other)) == pytest.approx(3, abs=0.01)

    def test_deadline_is_chosen_by_developers_only(
        self, app: Router, client_for: Any, user: Client, other: Client
    ) -> None:
        with setting(app, "houston.environment", "production"):
            target, source = individual(user.account), individual(other.account)
            refused = merge(user, target, source, delay=0)
            assert refused.status_int == 403
            assert list(refused.json["messages"]) == ["parameters.deadline_delta_seconds"]
            assert merge(user, target, source).status_int == 200
        case = Case(user, other, delay=3600)
        assert _days_left(case) == pytest.approx(1 / 24, abs=0.01)

    def test_stakeholders_are_the_people_who_own_encounters(
        self, db: Session, user: Client, other: Client
    ) -> None:
        third = UserFactory()
        machine = UserFactory(is_internal=True)
        case = Case(user, other, third, PublicUserFactory(), machine)
        votes = {each.user_guid: each.vote for each in case.row(db).stakeholders}
        assert votes == {user.account.guid: "allow", other.account.guid: None, third.guid: None}

    def test_request_that_cannot_be_done_is_refused(
        self, db: Session, user: Client, other: Client
    ) -> None:
        target, source = individual(user.account), individual(other.account)
        response = merge(user, target, source, taxonomy_guid=str(uuid4()))
        assert response.status_int == 400
        assert db.scalar(select(MergeRequest)) is None

    def test_others_are_notified(self, db: Session, user: Client, other: Client) -> None:
        user.account.full_name = "Ada Lovelace"
        case = Case(user, other)
        assert notified(db, user.account) == []
        (notification,) = notified(db, other.account)
        assert notification.message_type == "individual_merge_request"
        assert notification.sender_guid == user.account.guid
        values = dict(notification.message_values)
        deadline = values.pop("deadline")
        assert deadline.endswith("Z")
        assert datetime.fromisoformat(deadline.replace("Z", "+00:00")) == case.row(db).deadline
        assert values == {
            "request_id": str(case.guid),
            "your_individuals": [{"guid": str(case.source.guid), "primaryName": "Ida"}],
            "other_individuals": [{"guid": str(case.target.guid), "primaryName": "Zoe"}],
            "target_individual_guid": str(case.source.guid),
            "target_individual_name": "Ida",
            "source_names_list": "Zoe",
        }

    def test_individuals_without_names_are_counted(
        self, db: Session, user: Client, other: Client
    ) -> None:
        target, named = individual(user.account), individual(other.account, names={"Nick": "Mia"})
        merge(user, target, named, individual(user.account, names={"FirstName": "Zoe"}))
        (notification,) = notified(db, other.account)
        assert notification.message_values["target_individual_name"] == "Mia"
        assert notification.message_values["source_names_list"] == "2 individuals"

    def test_mail_is_sent_as_preferred(
        self, db: Session, client_for: Any, user: Client, mailbox: Mailbox
    ) -> None:
        user.account.full_name = "Ada Lovelace"
        preferences = {"all": {"email": True}, "individual_merge_all": {"email": True}}
        other = client_for(UserFactory(notification_preferences=preferences))
        case = Case(user, other)
        subject = "Ada Lovelace wants to merge Ida and Zoe."
        assert mailbox.only(other.account.email).subject == subject
        mailbox.empty()
        vote(other, case.guid, "allow")
        assert mailbox.only(other.account.email).subject == "Ida and Zoe have been merged."

    def test_it_is_a_part_of_the_own_account_until_it_is_answered(
        self, case: Case, user: Client, other: Client, researcher: Client
    ) -> None:
        for client in (user, other):
            (pending,) = _pending(client)
            assert pending["request"]["id"] == str(case.guid)
            assert pending["eta"] == case.response["deadline"]
        assert _pending(researcher) == []
        vote(other, case.guid, "block")
        assert _pending(other) == []


class TestReading:
    def test_clients_read_it_as_a_task(
        self, db: Session, case: Case, user: Client, other: Client
    ) -> None:
        response = other.get(f"{REQUESTS}/{case.guid}")
        assert response.status_int == 200
        found = response.json
        assert found["eta"] == case.response["deadline"]
        assert found["request"]["id"] == str(case.guid)
        target, sources, parameters = found["request"]["args"]
        assert (target, sources) == (str(case.target.guid), [str(case.source.guid)])
        assert parameters.pop("checksum") == case.row(db).checksum
        stakeholders = {str(user.account.guid), str(other.account.guid)}
        assert set(parameters.pop("stakeholder_guids")) == stakeholders
        assert parameters == {"override": {"sex": "female"}}
        assert found["_deadlinePolicyDays"] == 14
        assert found["_secondsToDeadline"] == pytest.approx(14 * 86400, abs=60)
        now = datetime.fromisoformat(found["_serverTime"])
        assert abs(datetime.now(timezone.utc) - now) < timedelta(minutes=1)
        assert str(case.source.guid) in found["_individuals"]

    def test_only_those_who_are_concerned_read_it(
        self, case: Case, user: Client, admin: Client, researcher: Client, anonymous: Client
    ) -> None:
        statuses = [
            client.get(f"{REQUESTS}/{case.guid}").status_int
            for client in (user, admin, researcher, anonymous)
        ]
        assert statuses == [200, 200, 403, 401]

    @pytest.mark.parametrize("answer", ["allow", "block"])
    def test_answered_one_is_gone(self, case: Case, other: Client, answer: str) -> None:
        vote(other, case.guid, answer)
        assert other.get(f"{REQUESTS}/{case.guid}").status_int == 404
        assert vote(other, case.guid, answer).status_int == 404

    def test_unknown_one_is_not_found(self, user: Client) -> None:
        assert user.get(f"{REQUESTS}/{uuid4()}").status_int == 404
        assert vote(user, "x", "allow").status_int == 404


class TestVoting:
    def test_one_block_cancels(self, db: Session, case: Case, user: Client, other: Client) -> None:
        response = vote(other, case.guid, "block")
        assert response.status_int == 200
        assert response.json == {
            "vote": "block",
            "votes_needed": 1,
            "merge_completed": False,
            "merge_request_cancelled": True,
        }
        assert case.state(db) is MergeState.BLOCKED
        assert db.get_one(Job, case.row(db).job_guid).state is JobState.CANCELLED
        assert exists(db, case.source)
        request, blocked = notified(db, other.account)
        assert (request.is_resolved, blocked.message_type) == (True, "individual_merge_blocked")
        (blocked,) = notified(db, user.account)
        assert blocked.message_type == "individual_merge_blocked"
        assert blocked.sender_guid == other.account.guid

    def test_last_one_merges_with_the_values_of_the_request(
        self, db: Session, case: Case, user: Client, other: Client
    ) -> None:
        mine, theirs = (encounters_of(db, each.guid) for each in (case.target, case.source))
        response = vote(other, case.guid, "allow")
        assert response.status_int == 200
        assert response.json == {
            "vote": "allow",
            "votes_needed": 0,
            "merge_completed": True,
            "merge_request_cancelled": False,
        }
        assert case.is_merged(db)
        assert encounters_of(db, case.target.guid) == mine | theirs
        assert case.state(db) is MergeState.COMPLETED
        assert db.get_one(Job, case.row(db).job_guid).state is JobState.CANCELLED
        request, complete = notified(db, other.account)
        assert (request.is_resolved, complete.message_type) == (True, "individual_merge_complete")
        assert complete.message_values["target_individual_name"] == "Ida"
        (complete,) = notified(db, user.account)
        assert complete.message_type == "individual_merge_complete"
        assert complete.message_values["target_individual_name"] == "Zoe"

    def test_all_must_allow_it(
        self, db: Session, client_for: Any, user: Client, other: Client
    ) -> None:
        third = client_for(UserFactory())
        case = Case(user, other, third.account)
        for client in (other, other, user):
            answer = vote(client, case.guid, "allow").json
            assert (answer["votes_needed"], answer["merge_completed"]) == (1, False)
        assert exists(db, case.source)
        assert vote(third, case.guid, "allow").json["merge_completed"]
        assert case.is_merged(db)

    def test_requester_may_change_their_mind(self, db: Session, case: Case, user: Client) -> None:
        assert vote(user, case.guid, "block").json["merge_request_cancelled"]
        assert case.state(db) is MergeState.BLOCKED

    def test_only_stakeholders_vote(
        self, db: Session, case: Case, admin: Client, researcher: Client, anonymous: Client
    ) -> None:
        statuses = [
            vote(client, case.guid, "allow").status_int for client in (admin, researcher, anonymous)
        ]
        assert statuses == [403, 403, 401]
        assert case.state(db) is MergeState.PENDING

    @pytest.mark.parametrize("answer", ["", "Allow", None, 1])
    def test_other_answers_are_refused(self, case: Case, other: Client, answer: Any) -> None:
        response = vote(other, case.guid, answer)
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["vote"]


class TestValidity:
    @pytest.fixture(params=["new encounter", "new owner", "source deleted", "target deleted"])
    def changed(self, request: pytest.FixtureRequest, db: Session, case: Case) -> Case:
        """Return a request whose individuals have changed."""
        if request.param == "new encounter":
            EncounterFactory(
                individual_guid=case.source.guid, owner=case.source.encounters[0].owner
            )
        elif request.param == "new owner":
            case.source.encounters[0].owner_guid = UserFactory().guid
        else:
            row = case.source if request.param == "source deleted" else case.target
            db.delete(db.get_one(Individual, row.guid))
        db.commit()
        return case

    def test_changed_one_cannot_be_read(self, changed: Case, other: Client) -> None:
        response = other.get(f"{REQUESTS}/{changed.guid}")
        assert response.status_int == 422
        assert response.json["message"] == "Merge request content not valid"

    @pytest.mark.parametrize("answer", ["allow", "block"])
    def test_vote_makes_it_void(
        self, db: Session, changed: Case, other: Client, answer: str
    ) -> None:
        assert vote(other, changed.guid, answer).status_int == 422
        assert changed.state(db) is MergeState.VOID
        assert [each.is_resolved for each in notified(db, other.account)] == [True]
        assert db.get_one(Job, changed.row(db).job_guid).state is JobState.CANCELLED
        assert vote(other, changed.guid, answer).status_int == 422
        assert _pending(other) == []

    def test_deadline_makes_it_void(
        self, db: Session, services: Services, changed: Case, other: Client
    ) -> None:
        changed.pass_deadline(db)
        run_due_jobs(services)
        assert changed.state(db) is MergeState.VOID
        assert other.get(f"{REQUESTS}/{changed.guid}").status_int == 422

    def test_void_is_final(self, db: Session, case: Case, other: Client) -> None:
        owner = case.source.encounters[0].owner_guid
        case.source.encounters[0].owner_guid = UserFactory().guid
        db.commit()
        vote(other, case.guid, "allow")
        db.refresh(case.source, ["encounters"])
        case.source.encounters[0].owner_guid = owner
        db.commit()
        assert vote(other, case.guid, "allow").status_int == 422
        assert exists(db, case.source)

    def test_values_that_do_not_fit_any_more_make_it_void(
        self, db: Session, user: Client, other: Client
    ) -> None:
        species = db.get_one(SiteSetting, "site.species")
        chosen = species.value[1]["id"]
        case = Case(user, other, taxonomy_guid=chosen)
        db.refresh(species)
        species.value = species.value[:1]
        db.commit()
        assert vote(other, case.guid, "allow").status_int == 422
        assert case.state(db) is MergeState.VOID
        assert exists(db, case.source)

    def test_merge_of_a_part_of_it_voids_it(
        self, db: Session, services: Services, case: Case, user: Client, admin: Client
    ) -> None:
        third = individual(user.account)
        assert "targetId" in merge(admin, third, case.source).json
        case.pass_deadline(db)
        run_due_jobs(services)
        assert case.state(db) is MergeState.VOID
        assert exists(db, third)


class TestDeadline:
    def test_individuals_are_merged_then(
        self, db: Session, services: Services, case: Case, user: Client, other: Client
    ) -> None:
        run_due_jobs(services)
        assert not case.is_merged(db)
        case.pass_deadline(db)
        assert run_due_jobs(services) == 1
        assert case.is_merged(db)
        assert case.state(db) is MergeState.COMPLETED
        assert db.get_one(Job, case.row(db).job_guid).state is JobState.DONE
        request, complete = notified(db, other.account)
        assert (request.is_resolved, complete.message_type) == (True, "individual_merge_complete")
        assert [each.message_type for each in notified(db, user.account)] == [complete.message_type]

    def test_delay_of_zero_merges_after_the_request(
        self, db: Session, user: Client, other: Client
    ) -> None:
        assert Case(user, other, delay=0).is_merged(db)

    def test_second_run_does_nothing(
        self, db: Session, services: Services, case: Case, other: Client
    ) -> None:
        case.pass_deadline(db)
        run_due_jobs(services)
        with jobs_waiting(services):
            services[Jobs].enqueue(db, MERGE, {"request": str(case.guid)})
            db.commit()
        assert run_due_jobs(services) == 1
        assert case.is_merged(db)
        assert len(notified(db, other.account)) == 2

    def test_early_run_does_nothing(
        self, db: Session, services: Services, case: Case, user: Client
    ) -> None:
        services[Jobs].enqueue(db, MERGE, {"request": str(case.guid)})
        db.commit()
        assert case.state(db) is MergeState.PENDING
        assert exists(db, case.source)

    def test_blocked_one_is_not_merged(
        self, db: Session, services: Services, case: Case, other: Client
    ) -> None:
        vote(other, case.guid, "block")
        case.pass_deadline(db)
        run_due_jobs(services)
        assert case.state(db) is MergeState.BLOCKED
        assert exists(db, case.source)

    def test_cancelled_job_makes_it_void(
        self, db: Session, services: Services, case: Case, other: Client
    ) -> None:
        services[Jobs].cancel(db, case.row(db).job_guid or uuid4())
        db.commit()
        assert case.state(db) is MergeState.VOID
        assert [each.is_resolved for each in notified(db, other.account)] == [True]


def _days_left(case: Case) -> float:
    deadline = datetime.fromisoformat(case.response["deadline"])
    return (deadline - datetime.now(timezone.utc)) / timedelta(days=1)


def _pending(client: Client) -> Any:
    return client.get("/api/v1/users/me").json["individual_merge_requests"]
