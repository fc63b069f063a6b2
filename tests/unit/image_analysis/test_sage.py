"""Images and annotations are sent to Sage, jobs are started, and results are read."""

from dataclasses import replace
from uuid import uuid4

import pytest

from houston.modules.image_analysis.interface import (
    Candidate,
    Detection,
    IdentificationResult,
    Pending,
    Refused,
    Score,
)
from houston.modules.image_analysis.sage import Sage
from tests.stand_ins.sage import Failure, StandInSage, animal, guid_of
from tests.stand_ins.sage.jobs import wrapped
from tests.unit.image_analysis.support import ADA, BOB, CALLBACK, box_in, request_about, send


class TestPictures:
    def test_equal_pictures_have_equal_guids(self, analyst: Sage, sage: StandInSage) -> None:
        first, again, other = send(analyst), send(analyst), send(analyst, b"another zebra")
        assert first == again != other
        assert sage.images == {str(first): b"a zebra", str(other): b"another zebra"}

    def test_repeated_request_sends_the_complete_picture(
        self, analyst: Sage, sage: StandInSage
    ) -> None:
        sage.fail_next(2)
        send(analyst, b"zebra" * 100_000)
        assert [len(call.body) for call in sage.calls] == [500_000] * 3

    def test_missing_pictures(self, analyst: Sage, sage: StandInSage) -> None:
        known = [send(analyst, bytes([number])) for number in range(60)]
        unknown = [uuid4() for _ in range(60)]
        assert analyst.missing_images([*known, *unknown]) == set(unknown)
        assert len(sage.calls_to("image/rowid/uuid/json/")) == 3
        sage.forget()
        assert analyst.missing_images(known) == set(known)
        assert analyst.missing_images([]) == set()


class TestAnnotations:
    def test_annotations_are_sent_with_names(self, analyst: Sage, sage: StandInSage) -> None:
        image = send(analyst)
        named, unnamed = analyst.add_annotations([box_in(image, 1, ADA), box_in(image, 7)])
        assert list(sage.annotations) == [str(named), str(unnamed)]
        assert sage.annotations[str(named)] == {
            "image_uuid": wrapped(str(image)),
            "annot_species": "zebra",
            "annot_bbox": [1, 2, 30, 40],
            "annot_name": str(ADA),
            "annot_theta": 0.5,
        }
        assert sage.annotations[str(unnamed)]["annot_name"] == "____"

    def test_missing_annotations(self, analyst: Sage) -> None:
        (known,) = analyst.add_annotations([box_in(send(analyst))])
        unknown = uuid4()
        assert analyst.missing_annotations([known, unknown]) == {unknown}


class TestDetection:
    def test_request_has_the_configuration_of_the_detector(
        self, analyst: Sage, sage: StandInSage
    ) -> None:
        job, image = uuid4(), send(analyst)
        analyst.detect(job, "african_terrestrial", [image], CALLBACK)
        (call,) = sage.calls_to("engine/detect/cnn/")
        assert call.body == {
            "jobid": str(job),
            "callback_url": f"houston+{CALLBACK}",
            "image_uuid_list": [wrapped(str(image))],
            "labeler_algo": "densenet",
            "labeler_model_tag": "zebra_v1",
            "model_tag": "ggr2",
            "nms_thresh": 0.4,
            "sensitivity": 0.4,
        }
        assert sage.lost == [CALLBACK]

    def test_result_has_the_animals_of_each_image(self, analyst: Sage, sage: StandInSage) -> None:
        animals = {
            b"two": [animal(rect=(-3.4, 20.6, 300, 0.2), theta=1.5), animal("zebra_grevys", None)],
            b"none": [],
        }
        sage.animals = animals.__getitem__
        job, two, none = uuid4(), send(analyst, b"two"), send(analyst, b"none")
        analyst.detect(job, "african_terrestrial", [none, two], CALLBACK)
        result = analyst.detection_result(job, [two, none])
        assert not isinstance(result, Pending)
        assert result.by_image[none] == []
        first, second = result.by_image[two]
        guid = first.content_guid
        assert str(guid) == guid_of(f"{two}0".encode())
        assert first == Detection(guid, "zebra", "left", (-3, 21, 300, 1), 1.5)
        assert (second.ia_class, second.viewpoint) == ("zebra_grevys", "unknown")

    def test_working_job_is_pending(self, analyst: Sage, sage: StandInSage) -> None:
        sage.holding = True
        job, image = uuid4(), send(analyst)
        analyst.detect(job, "seals_v1", [image], CALLBACK)
        assert analyst.detection_result(job, [image]) == Pending("working")
        sage.finish()
        assert not isinstance(analyst.detection_result(job, [image]), Pending)

    def test_unknown_detector_is_refused(self, analyst: Sage, sage: StandInSage) -> None:
        with pytest.raises(Refused, match="There is no detector named dogs"):
            analyst.detect(uuid4(), "dogs", [uuid4()], CALLBACK)
        assert sage.calls == []


class TestIdentification:
    def test_names_belong_to_their_annotations(self, analyst: Sage, sage: StandInSage) -> None:
        job, query = uuid4(), uuid4()
        candidates = [Candidate(uuid4(), ADA), Candidate(uuid4()), Candidate(uuid4(), BOB)]
        twin = Candidate(candidates[0].content_guid, BOB)
        analyst.identify(job, request_about(query, *candidates, twin))
        (call,) = sage.calls_to("engine/query/graph/")
        assert call.body == {
            "jobid": str(job),
            "callback_url": f"houston+{CALLBACK}",
            "matching_state_list": [],
            "query_annot_name_list": ["____"],
            "query_annot_uuid_list": [wrapped(str(query))],
            "database_annot_name_list": [str(ADA), "____", str(BOB)],
            "database_annot_uuid_list": [wrapped(str(each.content_guid)) for each in candidates],
            "query_config_dict": {"sv_on": True},
        }

    def test_result_has_scores_by_annotation_and_by_name(
        self, analyst: Sage, sage: StandInSage
    ) -> None:
        job, query, worse, better, other = (uuid4() for _ in range(5))
        scores = {str(worse): 1.0, str(better): 12.5, str(other): 3.25}
        sage.score = lambda _query, candidate: scores[candidate]
        candidates = [Candidate(worse, ADA), Candidate(better, ADA), Candidate(other, BOB)]
        analyst.identify(job, request_about(query, *candidates))
        assert analyst.identification_result(job, query) == IdentificationResult(
            by_annotation=[Score(better, 12.5), Score(other, 3.25), Score(worse, 1.0)],
            by_name=[Score(better, 12.5), Score(other, 3.25)],
            extern_reference=f"match-{query}",
        )

    def test_infinite_score_is_omitted(self, analyst: Sage, sage: StandInSage) -> None:
        job, query, one, other = (uuid4() for _ in range(4))
        sage.score = lambda _query, guid: 2.0 if guid == str(one) else float("-inf")
        analyst.identify(job, request_about(query, Candidate(one), Candidate(other)))
        result = analyst.identification_result(job, query)
        assert isinstance(result, IdentificationResult)
        assert result.by_annotation == [Score(one, 2.0)]

    def test_unknown_identifier_is_refused(self, analyst: Sage, sage: StandInSage) -> None:
        request = replace(request_about(uuid4(), Candidate(uuid4())), identifier="curvrank")
        with pytest.raises(Refused, match="There is no identifier named curvrank"):
            analyst.identify(uuid4(), request)
        assert sage.calls == []

    def test_candidates_are_required(self, analyst: Sage, sage: StandInSage) -> None:
        query = uuid4()
        for candidates in ([], [Candidate(query)]):
            with pytest.raises(Refused, match="nothing to compare"):
                analyst.identify(uuid4(), request_about(query, *candidates))
        assert sage.calls == []

    def test_heatmap_is_an_image(self, analyst: Sage, sage: StandInSage) -> None:
        query, candidate = uuid4(), uuid4()
        assert analyst.heatmap("match-1", query, candidate) == sage.heatmap
        assert sage.calls[-1].query == {
            "extern_reference": "match-1",
            "query_annot_uuid": str(query),
            "database_annot_uuid": str(candidate),
            "version": "heatmask",
        }
        sage.heatmap = b"<html>no heatmap</html>"
        with pytest.raises(Refused, match="it is not an image"):
            analyst.heatmap("match-1", query, candidate)

    @pytest.mark.parametrize("reference", ["../../etc/passwd", "", None, 5, "a" * 201])
    def test_unusual_reference_is_none(
        self, analyst: Sage, sage: StandInSage, reference: object
    ) -> None:
        job, query = uuid4(), uuid4()

        def spoil(answer: dict) -> None:  # type: ignore[type-arg]
            answer["json_result"]["cm_dict"][str(query)]["dannot_extern_reference"] = reference

        sage.edit_result = spoil
        analyst.identify(job, request_about(query, Candidate(uuid4())))
        result = analyst.identification_result(job, query)
        assert isinstance(result, IdentificationResult)
        assert result.extern_reference is None


class TestService:
    def test_jobs_are_described(self, analyst: Sage, sage: StandInSage) -> None:
        sage.holding = True
        job = uuid4()
        analyst.detect(job, "seals_v1", [send(analyst)], CALLBACK)
        working = {"status": "working", "endpoint": "/api/engine/detect/cnn/", "jobcounter": 1}
        remote = analyst.jobs()[str(job)]
        assert remote == {**remote, **working, "time_completed": None}
        sage.finish()
        done = {"status": "completed", "time_turnaround_sec": 10.0}
        remote = analyst.jobs()[str(job)]
        assert remote == {**remote, **done, "time_completed": "2026-01-02 03:04:15"}

    def test_version(self, analyst: Sage, sage: StandInSage) -> None:
        assert analyst.version() == "3.5.1"
        sage.fail_next(1, Failure.GARBAGE)
        assert analyst.version() is None
        assert len(sage.calls) == 2
