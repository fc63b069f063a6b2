"""A patch applies all its operations, or none and names the failing operation."""

import re
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest
from colander import Invalid as Refused
from colander import drop
from hypothesis import given, settings
from hypothesis import strategies as st

from houston.core.api.patch import (
    MAX_OPERATIONS,
    NOT_A_LIST,
    UNKNOWN_PATH,
    Change,
    PatchSchema,
    apply,
    equal,
    merge,
)
from houston.core.errors import ApiError, Conflict, Unprocessable
from houston.core.schema.nodes import (
    Boolean,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Password,
    Schema,
    String,
)

ANN, BOB, EVE = UUID(int=1), UUID(int=2), UUID(int=3)

NO_PLACE = "There is nothing at that path, or it cannot have a value there."
NOTHING = "There is nothing at that path."
ANOTHER = "The test failed: the current value is different."
NOT_THERE = "The list does not have that value."
ONLY_TESTED = "This path can only be tested."
ONLY_REPLACED = "This path can only be replaced."

Operation = dict[str, Any]
Document = dict[str, Any]


class PlaceSchema(Schema):
    name = String(1, 20)
    depth = Integer(0, 99, missing=0)


class HerdPatch(PatchSchema):
    title = String(1, 20)
    note = String(nullable=True)
    open = Boolean()
    seen = Instant(nullable=True)
    sizes = ListOf(Integer(0, 99))
    members = ListOf(Guid(), unique=True, association=True)
    words = MapOf(Json())
    place = PlaceSchema()
    password = Password(virtual=True, missing=drop)
    secret = Password(4, write_only=True, missing=drop)


class AnyPatch(PatchSchema):
    x = Json(nullable=True)
    y = Json(nullable=True)


HERD = HerdPatch()
ANY = AnyPatch()


@pytest.fixture
def herd() -> Document:
    """Return a document with a value of each type."""
    return {
        "title": "Cows",
        "note": None,
        "open": True,
        "seen": datetime(2024, 5, 6, tzinfo=timezone.utc),
        "sizes": [1, 2, 3],
        "members": [ANN, BOB],
        "words": {"a": 1, "b/c": 2, "d~e": 3, "": 4},
        "place": {"name": "Bay", "depth": 5},
    }


def add(path: str, value: Any) -> Operation:
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: Any) -> Operation:
    return {"op": "replace", "path": path, "value": value}


def check(path: str, value: Any) -> Operation:
    return {"op": "test", "path": path, "value": value}


def remove(path: str) -> Operation:
    return {"op": "remove", "path": path}


def move(source: str, path: str) -> Operation:
    return {"op": "move", "from": source, "path": path}


def copy(source: str, path: str) -> Operation:
    return {"op": "copy", "from": source, "path": path}


def changes(document: Document, *operations: Operation) -> Document:
    """Return the new values of a patch without proofs."""
    change = apply(document, list(operations), HERD)
    assert change.tested == {}
    return change.values


def refusal(document: Document, *operations: Any) -> tuple[type[ApiError], Any]:
    """Return the error of a patch, which changes neither the document nor the operations."""
    before, given_operations = deepcopy(document), deepcopy(operations)
    with pytest.raises(ApiError) as caught:
        apply(document, list(operations), HERD)
    assert (document, operations) == (before, given_operations)
    kind = Unprocessable if isinstance(caught.value, Unprocessable) else type(caught.value)
    return kind, caught.value.messages


class TestOperations:
    @pytest.mark.parametrize(
        ("operation", "values"),
        [
            (add("/note", "new"), {"note": "new"}),
            (add("/title", "Sheep"), {"title": "Sheep"}),
            (add("/sizes/0", 9), {"sizes": [9, 1, 2, 3]}),
            (add("/sizes/1", 9), {"sizes": [1, 9, 2, 3]}),
            (add("/sizes/3", 9), {"sizes": [1, 2, 3, 9]}),
            (add("/sizes/-", 9), {"sizes": [1, 2, 3, 9]}),
            (add("/place/depth", 7), {"place": {"name": "Bay", "depth": 7}}),
            (add("/place", {"name": "Sea"}), {"place": {"name": "Sea", "depth": 0}}),
            (remove("/note"), {}),
            (remove("/seen"), {"seen": None}),
            (remove("/sizes"), {"sizes": []}),
            (remove("/sizes/1"), {"sizes": [1, 3]}),
            (remove("/place/depth"), {"place": {"name": "Bay", "depth": 0}}),
            (replace("/open", False), {"open": False}),
            (replace("/sizes", []), {"sizes": []}),
            (replace("/sizes/2", 0), {"sizes": [1, 2, 0]}),
            (replace("/place", {"name": "Sea"}), {"place": {"name": "Sea", "depth": 0}}),
            (move("/sizes/0", "/sizes/2"), {"sizes": [2, 3, 1]}),
            (move("/sizes/0", "/sizes/-"), {"sizes": [2, 3, 1]}),
            (
                move("/sizes/2", "/place/depth"),
                {"sizes": [1, 2], "place": {"name": "Bay", "depth": 3}},
            ),
            (copy("/title", "/note"), {"note": "Cows"}),
            (copy("/sizes/0", "/sizes/-"), {"sizes": [1, 2, 3, 1]}),
            (check("/title", "Cows"), {}),
            (check("/note", None), {}),
            (check("/sizes", [1.0, 2, 3]), {}),
            (check("/place", {"depth": 5, "name": "Bay"}), {}),
            (check("/seen", "2024-05-06T00:00:00+00:00"), {}),
            (check("/members/0", str(ANN)), {}),
        ],
    )
    def test_operation_changes_its_target(
        self, herd: Document, operation: Operation, values: Document
    ) -> None:
        before = deepcopy(herd)
        assert changes(herd, operation) == values
        assert herd == before

    def test_operations_build_on_each_other(self, herd: Document) -> None:
        values = changes(
            herd,
            copy("/title", "/note"),
            replace("/title", "Sheep"),
            check("/note", "Cows"),
            move("/title", "/place/name"),
            move("/note", "/title"),
        )
        assert values == {"place": {"name": "Sheep", "depth": 5}}

    def test_copy_is_not_a_reference(self, herd: Document) -> None:
        values = changes(
            herd, copy("/place", "/words/f"), replace("/words/f/name", "Sea"), remove("/words/a")
        )
        assert values == {
            "words": {"b/c": 2, "d~e": 3, "": 4, "f": {"name": "Sea", "depth": 5}},
        }

    def test_added_value_is_not_a_reference(self, herd: Document) -> None:
        operations = [add("/words/f", {}), add("/words/f/g", 1)]
        assert changes(herd, *operations)["words"]["f"] == {"g": 1}
        assert operations[0] == add("/words/f", {})

    def test_values_are_python_values(self, herd: Document) -> None:
        values = changes(
            herd, replace("/seen", "2024-05-06T02:00:00-01:00"), replace("/members", [str(EVE)])
        )
        assert values["seen"] == datetime(2024, 5, 6, 3, tzinfo=timezone.utc)
        assert values["members"] == [EVE]

    def test_value_that_is_restored_is_not_a_change(self, herd: Document) -> None:
        assert changes(herd, replace("/title", "Sheep"), replace("/title", "Cows")) == {}
        assert changes(herd, replace("/place/depth", 5.0)) == {}

    def test_other_members_of_an_operation_are_ignored(self, herd: Document) -> None:
        assert changes(herd, {**remove("/seen"), "value": 1, "from": [], "why": "?"}) == {
            "seen": None
        }

    @pytest.mark.parametrize(
        ("path", "name"),
        [("/words/b~1c", "b/c"), ("/words/d~0e", "d~e"), ("/words/", ""), ("/words/~01", "~1")],
    )
    def test_escapes_in_paths(self, herd: Document, path: str, name: str) -> None:
        herd["words"].setdefault("~1", 5)
        assert changes(herd, check(path, herd["words"][name]), replace(path, "new")) == {
            "words": herd["words"] | {name: "new"}
        }

    @pytest.mark.parametrize("path", ["/words/~", "/words/~2", "/words/a~", "/~"])
    def test_other_escapes_are_refused(self, herd: Document, path: str) -> None:
        kind, messages = refusal(herd, add(path, 1))
        assert kind is Unprocessable
        assert messages["0"][0].startswith("Not a valid JSON pointer: Found invalid escape ~")

    @pytest.mark.parametrize("path", ["/tail", "/Title", "/", "//title", "/id", "/title~0"])
    @pytest.mark.parametrize("op", ["add", "remove", "replace", "test"])
    def test_unknown_path_is_refused(self, herd: Document, op: str, path: str) -> None:
        operation = {"op": op, "path": path, "value": 1}
        assert refusal(herd | {"id": 1}, operation) == (Unprocessable, {"0": [UNKNOWN_PATH]})

    @pytest.mark.parametrize("source", ["/tail", "/id", "", "/"])
    def test_unknown_source_is_refused(self, herd: Document, source: str) -> None:
        for operation in (move(source, "/note"), copy(source, "/note")):
            assert refusal(herd | {"id": 1}, operation) == (Unprocessable, {"0": [UNKNOWN_PATH]})

    @pytest.mark.parametrize(
        "path",
        [
            *("/sizes/3", "/sizes/4", "/sizes/-1", "/sizes/00", "/sizes/01", "/sizes/1.0"),
            *("/sizes/+1", "/sizes/ 1", "/sizes/", "/sizes/a", "/sizes/\u0661", "/sizes/1_0"),
            *("/sizes/99999999999999999999", "/sizes/0/0", "/title/0", "/note/a", "/open/a"),
            *("/words/none", "/words/none/a", "/words/a/b", "/sizes/-/0", "/place/name/x"),
        ],
    )
    def test_missing_target_is_a_conflict(self, herd: Document, path: str) -> None:
        assert refusal(herd, remove(path)) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, replace(path, 1)) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, move(path, "/note")) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, copy(path, "/note")) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, check(path, 1)) == (Conflict, {"0": [NOTHING]})

    @pytest.mark.parametrize(
        "path",
        [
            *("/sizes/4", "/sizes/-1", "/sizes/01", "/sizes/a", "/sizes/", "/sizes/-/0"),
            *(
                "/title/0",
                "/note/a",
                "/open/a",
                "/words/none/a",
                "/words/a/b",
                "/sizes/1" + "0" * 30,
            ),
        ],
    )
    def test_missing_parent_is_a_conflict(self, herd: Document, path: str) -> None:
        assert refusal(herd, add(path, 1)) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, copy("/title", path)) == (Conflict, {"0": [NO_PLACE]})

    def test_end_of_a_list_only_allows_add(self, herd: Document) -> None:
        assert refusal(herd, remove("/sizes/-")) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, check("/sizes/-", 3)) == (Conflict, {"0": [ANOTHER]})
        assert refusal(herd, move("/sizes/-", "/note")) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, copy("/sizes/-", "/note")) == (Conflict, {"0": [NO_PLACE]})
        assert refusal(herd, replace("/sizes/-", 3))[0] is Unprocessable

    @pytest.mark.parametrize("path", ["/place/name", "/place/new/name"])
    def test_value_is_not_moved_into_itself(self, herd: Document, path: str) -> None:
        assert refusal(herd, move("/place", path)) == (
            Unprocessable,
            {"0": ["A value cannot be moved into itself."]},
        )

    def test_value_moves_to_a_name_with_the_same_prefix(self, herd: Document) -> None:
        assert changes(herd, move("/words/a", "/words/ab"))["words"]["ab"] == 1

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("/title", "cows"),
            ("/open", 1),
            ("/open", "true"),
            ("/note", ""),
            ("/sizes", [3, 2, 1]),
            ("/sizes/0", True),
            ("/place", {"name": "Bay"}),
            ("/words/a", "1"),
        ],
    )
    def test_failed_test_is_a_conflict(self, herd: Document, path: str, value: Any) -> None:
        assert refusal(herd, check(path, value)) == (Conflict, {"0": [ANOTHER]})


class TestAtomicity:
    @pytest.mark.parametrize(
        ("last", "kind"),
        [
            (check("/title", "Cows"), Conflict),
            (remove("/sizes/9"), Conflict),
            (add("/tail", 1), Unprocessable),
            (replace("/sizes/0", "x"), Unprocessable),
        ],
    )
    def test_nothing_changes_if_the_last_operation_fails(
        self, herd: Document, last: Operation, kind: type[ApiError]
    ) -> None:
        operations = (
            replace("/title", "Sheep"),
            remove("/sizes/0"),
            add("/members", str(EVE)),
            replace("/secret", "long enough"),
            add("/words/f", [1]),
        )
        found, messages = refusal(herd, *operations, last)
        assert (found, list(messages)) == (kind, ["5"])

    @pytest.mark.parametrize(
        ("operations", "index", "text"),
        [
            ([replace("/title", 5), replace("/note", "a")], "0", "Not a valid string."),
            ([replace("/note", "a"), remove("/title")], "1", "Field may not be null."),
            ([replace("/title", ""), replace("/title", None)], "1", "Field may not be null."),
            (
                [replace("/sizes", [5, 100]), replace("/open", False)],
                "0",
                "1: Must be between 0 and 99.",
            ),
            (
                [add("/note", "a"), remove("/place/name")],
                "1",
                "name: Missing data for required field.",
            ),
            ([add("/place/x", 1), remove("/note")], "0", "x: Unknown field."),
            ([replace("/secret", "abc"), remove("/note")], "0", "Shorter than minimum length 4."),
            ([check("/password", 5), remove("/note")], "0", "Not a valid string."),
            (
                [remove("/note"), add("/members", str(BOB)), remove("/seen")],
                "1",
                "Must not have the same item twice.",
            ),
            ([add("/words", [])], "0", "Not a valid mapping."),
            ([remove("/open")], "0", "Field may not be null."),
        ],
    )
    def test_invalid_result_is_attributed_to_the_operation(
        self, herd: Document, operations: list[Operation], index: str, text: str
    ) -> None:
        assert refusal(herd, *operations) == (Unprocessable, {index: [text]})

    def test_intermediate_values_may_be_invalid(self, herd: Document) -> None:
        assert changes(herd, replace("/title", ""), replace("/title", "Sheep")) == {
            "title": "Sheep"
        }

    def test_invalid_document_is_attributed_to_the_last_operation(self, herd: Document) -> None:
        def refuse(node: Any, _values: Document) -> None:
            raise Refused(node, "Not together.")

        operations = [replace("/title", "Sheep"), replace("/open", False)]
        with pytest.raises(Unprocessable) as caught:
            apply(herd, operations, HerdPatch(validator=refuse))
        assert caught.value.messages == {"1": ["Not together."]}

    def test_message_names_the_operation_and_its_path(self, herd: Document) -> None:
        with pytest.raises(Conflict) as caught:
            apply(herd, [remove("/seen"), check("/title", 1)], HERD)
        assert caught.value.message == f"Operation 1 (test /title): {ANOTHER}"

    def test_long_path_is_cut(self, herd: Document) -> None:
        with pytest.raises(Conflict) as caught:
            apply(herd, [remove("/words/" + "a" * 1000)], HERD)
        assert caught.value.message == f"Operation 0 (remove /words/{'a' * 193}): {NO_PLACE}"


class TestHiddenFields:
    def test_tested_virtual_field_is_a_proof(self, herd: Document) -> None:
        operations = [check("/password", "right"), replace("/title", "Sheep")]
        assert apply(herd, operations, HERD) == Change({"title": "Sheep"}, {"password": "right"})

    @pytest.mark.parametrize(
        "operation",
        [
            add("/password", "a"),
            replace("/password", "a"),
            remove("/password"),
            move("/title", "/password"),
            copy("/title", "/password"),
            check("/password/0", "a"),
            check("/password/", "a"),
        ],
    )
    def test_virtual_field_can_only_be_tested(self, herd: Document, operation: Operation) -> None:
        assert refusal(herd, operation) == (Unprocessable, {"0": [ONLY_TESTED]})

    @pytest.mark.parametrize("operation", [add("/secret", "long"), replace("/secret", "long")])
    def test_write_only_field_is_set(self, herd: Document, operation: Operation) -> None:
        assert changes(herd, operation) == {"secret": "long"}

    @pytest.mark.parametrize(
        "operation",
        [
            check("/secret", "long"),
            remove("/secret"),
            move("/title", "/secret"),
            copy("/title", "/secret"),
            replace("/secret/0", "a"),
            add("/secret/-", "a"),
        ],
    )
    def test_write_only_field_can_only_be_replaced(
        self, herd: Document, operation: Operation
    ) -> None:
        expected = (Unprocessable, {"1": [ONLY_REPLACED]})
        assert refusal(herd, replace("/secret", "long"), operation) == expected

    @pytest.mark.parametrize("source", ["/secret", "/password", "/secret/0"])
    @pytest.mark.parametrize("op", ["move", "copy"])
    def test_hidden_field_does_not_leak(self, herd: Document, op: str, source: str) -> None:
        operation = {"op": op, "from": source, "path": "/note"}
        expected = (Unprocessable, {"1": [f"There is nothing to {op} at that path."]})
        assert refusal(herd, replace("/secret", "long"), operation) == expected


class TestAssociations:
    def test_single_value_is_appended(self, herd: Document) -> None:
        assert changes(herd, add("/members", str(EVE))) == {"members": [ANN, BOB, EVE]}

    def test_list_replaces_all(self, herd: Document) -> None:
        assert changes(herd, add("/members", [str(EVE)])) == {"members": [EVE]}

    def test_value_is_removed_at_any_position(self, herd: Document) -> None:
        operation = {**remove("/members"), "value": str(ANN)}
        assert changes(herd, operation) == {"members": [BOB]}

    def test_value_is_removed_once(self, herd: Document) -> None:
        operation = {**remove("/members"), "value": str(ANN)}
        assert refusal(herd, operation, operation) == (Conflict, {"1": [NOT_THERE]})

    @pytest.mark.parametrize("value", [str(EVE), None, [], "", 0])
    def test_missing_value_is_a_conflict(self, herd: Document, value: Any) -> None:
        operation = {**remove("/members"), "value": value}
        assert refusal(herd, operation) == (Conflict, {"0": [NOT_THERE]})

    def test_all_are_removed_without_a_value(self, herd: Document) -> None:
        assert changes(herd, remove("/members")) == {"members": []}

    def test_positions_are_as_in_other_lists(self, herd: Document) -> None:
        operations = [
            add("/members/0", str(EVE)),
            {**remove("/members/1"), "value": str(BOB)},
            add("/members/-", str(ANN)),
        ]
        assert changes(herd, *operations) == {"members": [EVE, BOB, ANN]}

    def test_added_and_removed_is_unchanged(self, herd: Document) -> None:
        operations = [add("/members", str(EVE)), {**remove("/members"), "value": str(EVE)}]
        assert changes(herd, *operations) == {}

    def test_other_lists_have_no_such_additions(self, herd: Document) -> None:
        assert refusal(herd, add("/sizes", 4)) == (Unprocessable, {"0": ["Not a valid list."]})
        assert changes(herd, {**remove("/sizes"), "value": 1}) == {"sizes": []}


class TestLimits:
    def test_size_of_the_document_is_bounded(self, herd: Document) -> None:
        doubling = {"op": "copy", "from": "/members", "path": "/members/0"}
        error, messages = refusal(herd, *[doubling] * 99)
        assert error is Unprocessable
        assert list(messages.values()) == [["The document becomes too large."]]

    def test_bytes_that_are_copied_are_bounded(self, herd: Document) -> None:
        large = {"op": "replace", "path": "/members", "value": [str(EVE)] * 1000}
        again = {"op": "copy", "from": "/members", "path": "/members"}
        error, messages = refusal(herd, large, *[again] * 99)
        assert error is Unprocessable
        assert list(messages.values()) == [["The document becomes too large."]]

    @pytest.mark.parametrize("op", [[], {}, None, 5])
    def test_operation_is_a_known_name(self, herd: Document, op: Any) -> None:
        assert refusal(herd, {"op": op, "path": "/title"})[0] is Unprocessable

    @pytest.mark.parametrize("path", ["/\ud800", "/title\0", "/~\ud800"])
    def test_path_is_text(self, herd: Document, path: str) -> None:
        for operation in (check(path, 1), {"op": "copy", "path": "/title", "from": path}):
            assert refusal(herd, operation)[0] is Unprocessable

    @pytest.mark.parametrize("value", ["xyz", None, {}])
    def test_association_may_have_become_something_else(self, herd: Document, value: Any) -> None:
        operations = [replace("/members", value), add("/members", str(EVE))]
        assert refusal(herd, *operations)[0] is Conflict

    def test_removed_association_can_be_added_again(self, herd: Document) -> None:
        operations = [remove("/members"), add("/members", str(EVE))]
        assert apply(herd, operations, HERD).values == {"members": [EVE]}

    def test_proofs_must_be_equal(self, herd: Document) -> None:
        operations = [check("/password", "wrong"), check("/password", "right")]
        assert refusal(herd, *operations)[0] is Conflict

    def test_source_of_a_move_is_named(self, herd: Document) -> None:
        operations = [
            {"op": "move", "from": "/title", "path": "/note"},
            replace("/sizes", [1]),
        ]
        assert list(refusal(herd, *operations)[1]) == ["0"]

    def test_empty_patch_accepts_an_invalid_document(self, herd: Document) -> None:
        assert apply({**herd, "title": ""}, [], HERD) == Change()


class TestStructure:
    @pytest.mark.parametrize("operations", [None, {}, add("/title", "a"), "[]", 1, True])
    def test_patch_is_a_list(self, herd: Document, operations: Any) -> None:
        with pytest.raises(Unprocessable) as caught:
            apply(herd, operations, HERD)
        assert caught.value.messages == {"_schema": [NOT_A_LIST]}

    def test_empty_patch_changes_nothing(self, herd: Document) -> None:
        assert apply(herd, [], HERD) == Change({}, {})

    def test_number_of_operations_is_bounded(self, herd: Document) -> None:
        operation = check("/title", "Cows")
        assert changes(herd, *[operation] * MAX_OPERATIONS) == {}
        expected = (Unprocessable, {"_schema": ["More than 100 operations."]})
        assert refusal(herd, *[operation] * (MAX_OPERATIONS + 1)) == expected

    @pytest.mark.parametrize("operation", [None, [], "add", 1, [add("/title", "a")]])
    def test_operation_is_an_object(self, herd: Document, operation: Any) -> None:
        text = "Individual PATCH operations must be JSON objects"
        assert refusal(herd, operation) == (Unprocessable, {"0": [text]})

    @pytest.mark.parametrize(
        ("operation", "texts"),
        [
            ({"path": "/title", "value": 1}, ["operation not supported"]),
            ({"op": "ADD", "path": "/title", "value": 1}, ["operation not supported"]),
            ({"op": "increment", "path": "/title"}, ["operation not supported"]),
            ({"op": None, "path": "/title"}, ["operation not supported"]),
            ({"op": "remove"}, ["Path is required and must always begin with /"]),
            ({"op": "remove", "path": ""}, ["Path is required and must always begin with /"]),
            ({"op": "remove", "path": "title"}, ["Path is required and must always begin with /"]),
            ({"op": "remove", "path": ["/a"]}, ["Path is required and must always begin with /"]),
            ({"op": "add", "path": "/title"}, ["value is required"]),
            ({"op": "replace", "path": "/title"}, ["value is required"]),
            ({"op": "test", "path": "/title"}, ["value is required"]),
            ({"op": "move", "path": "/title"}, ["from is required"]),
            ({"op": "copy", "path": "/title", "from": 1}, ["from is required"]),
            (
                {"op": "move", "path": 1, "value": 1},
                ["Path is required and must always begin with /", "from is required"],
            ),
            ({}, ["operation not supported", "Path is required and must always begin with /"]),
        ],
    )
    def test_members_of_an_operation_are_required(
        self, herd: Document, operation: Operation, texts: list[str]
    ) -> None:
        assert refusal(herd, operation) == (Unprocessable, {"0": texts})

    def test_all_structural_errors_are_reported_first(self, herd: Document) -> None:
        operations = (check("/title", "no"), {"op": "x", "path": "/title"}, remove("/tail"), 5)
        assert refusal(herd, *operations) == (
            Unprocessable,
            {
                "1": ["operation not supported"],
                "3": ["Individual PATCH operations must be JSON objects"],
            },
        )

    def test_source_without_a_slash_is_refused(self, herd: Document) -> None:
        assert refusal(herd, copy("title", "/note")) == (
            Unprocessable,
            {"0": ["Not a valid JSON pointer: Location must start with /."]},
        )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (0, -0.0, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (None, None, True),
        (None, False, False),
        ("1", 1, False),
        ("a", "a", True),
        ([], {}, False),
        ([1, [2]], [1.0, [2.0]], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([1], [True], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": None}, {}, False),
        (2**53 + 1, float(2**53), False),
    ],
)
def test_equality_of_json_values(one: Any, other: Any, same: bool) -> None:
    assert equal(one, other) is same
    assert equal(other, one) is same


NAMES = ["a", "b", "0", "1", "~", "/", ""]
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, 1.0, "", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=5,
)
PATHS = st.builds(
    lambda top, below: "/".join(["", top, *below]),
    st.sampled_from("xy"),
    st.lists(st.sampled_from(["a", "b", "0", "1", "-", "~0", "~1", ""]), max_size=3),
)
OPERATIONS = st.one_of(
    st.builds(add, PATHS, VALUES),
    st.builds(replace, PATHS, VALUES),
    st.builds(check, PATHS, VALUES),
    st.builds(remove, PATHS),
    st.builds(move, PATHS, PATHS),
    st.builds(copy, PATHS, PATHS),
)


class Naive:
    """A literal implementation of RFC 6902; LookupError means that a patch is refused."""

    def __init__(self, document: Document) -> None:
        self.document = deepcopy(document)

    def run(self, operation: Operation) -> None:
        path, source = operation["path"], operation.get("from", "")
        match operation["op"]:
            case "test":
                if not equal(self.get(path), operation["value"]):
                    raise LookupError(path)
            case "add":
                self.add(path, operation["value"])
            case "remove":
                self.remove(path)
            case "replace":
                self.replace(path, operation["value"])
            case "copy":
                self.add(path, self.get(source))
            case "move":
                if path.startswith(f"{source}/"):
                    raise LookupError(path)
                self.add(path, self.remove(source))

    def get(self, path: str) -> Any:
        parent, key = self.place(path)
        return parent[key]

    def add(self, path: str, value: Any) -> None:
        parent, key = self.place(path, to_add=True)
        if isinstance(parent, list):
            parent.insert(key, deepcopy(value))
        else:
            parent[key] = deepcopy(value)

    def replace(self, path: str, value: Any) -> None:
        self.get(path)
        parent, key = self.place(path)
        parent[key] = deepcopy(value)

    def remove(self, path: str) -> Any:
        parent, key = self.place(path)
        return parent.pop(key)

    def place(self, path: str, *, to_add: bool = False) -> tuple[Any, Any]:
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
        parent: Any = self.document
        for part in above:
            parent = parent[self.key(parent, part)]
        return parent, self.key(parent, last, to_add=to_add)

    @staticmethod
    def key(parent: Any, part: str, *, to_add: bool = False) -> Any:
        if isinstance(parent, dict):
            return part
        if not isinstance(parent, list):
            raise LookupError(part)
        if part == "-" and to_add:
            return len(parent)
        if not re.fullmatch("0|[1-9][0-9]*", part) or int(part) >= len(parent) + to_add:
            raise LookupError(part)
        return int(part)


def naively(document: Document, operations: list[Operation]) -> Document | None:
    """Return the document after the operations, or None if one is refused."""
    naive = Naive(document)
    try:
        for operation in operations:
            naive.run(operation)
    except LookupError:
        return None
    return {"x": None, "y": None} | naive.document


@settings(deadline=None, max_examples=500)
@given(VALUES, VALUES, st.lists(OPERATIONS, max_size=5))
def test_patch_conforms_to_the_rfc(x: Any, y: Any, operations: list[Operation]) -> None:
    document = {"x": x, "y": y}
    before = deepcopy((document, operations))
    expected = naively(document, operations)
    if expected is None:
        with pytest.raises((Conflict, Unprocessable)):
            apply(document, operations, ANY)
    else:
        change = apply(document, operations, ANY)
        assert equal(document | change.values, expected)
        assert all(not equal(document[name], value) for name, value in change.values.items())
    assert repr((document, operations)) == repr(before)


class TestMerge:
    @pytest.mark.parametrize(
        ("original", "patch", "result"),
        [
            ({"a": "b"}, {"a": "c"}, {"a": "c"}),
            ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
            ({"a": "b"}, {"a": None}, {}),
            ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
            ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
            ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
            ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
            ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
            (["a", "b"], ["c", "d"], ["c", "d"]),
            ({"a": "b"}, ["c"], ["c"]),
            ({"a": "foo"}, None, None),
            ({"a": "foo"}, "bar", "bar"),
            ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
            ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
            ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ],
    )
    def test_examples_of_the_rfc(self, original: Any, patch: Any, result: Any) -> None:
        document = {"x": original, "y": None}
        before = deepcopy((document, patch))
        assert merge(document, {"x": patch}, ANY) == Change({"x": result}, {})
        assert (document, patch) == before

    def test_fields_are_merged_one_by_one(self, herd: Document) -> None:
        patch = {
            "title": "Sheep",
            "seen": None,
            "sizes": [9],
            "members": [str(EVE)],
            "words": {"a": None, "b/c": {"x": 1, "y": None}},
            "place": {"depth": 7},
        }
        assert merge(herd, patch, HERD) == Change(
            {
                "title": "Sheep",
                "seen": None,
                "sizes": [9],
                "members": [EVE],
                "words": {"b/c": {"x": 1}, "d~e": 3, "": 4},
                "place": {"name": "Bay", "depth": 7},
            },
            {},
        )

    def test_null_removes_a_list(self, herd: Document) -> None:
        assert merge(herd, {"sizes": None, "members": None}, HERD).values == {
            "sizes": [],
            "members": [],
        }

    @pytest.mark.parametrize(
        "patch", [{}, {"title": "Cows"}, {"note": None}, {"sizes": [1.0, 2, 3]}, {"place": {}}]
    )
    def test_equal_value_is_not_a_change(self, herd: Document, patch: Document) -> None:
        assert merge(herd, patch, HERD) == Change({}, {})

    def test_virtual_field_is_a_proof_and_write_only_one_a_value(self, herd: Document) -> None:
        change = merge(herd, {"password": "right", "secret": "long"}, HERD)
        assert change == Change({"secret": "long"}, {"password": "right"})

    @pytest.mark.parametrize("patch", [None, [], [add("/title", "a")], "a", 1, True])
    def test_patch_is_an_object(self, herd: Document, patch: Any) -> None:
        with pytest.raises(Unprocessable) as caught:
            merge(herd, patch, HERD)
        assert caught.value.messages == {"_schema": ["A merge patch must be a JSON object."]}

    def test_unknown_fields_are_refused_by_name(self, herd: Document) -> None:
        patch = {"id": 1, "title": 5, "tail": None, "/title": "a"}
        with pytest.raises(Unprocessable) as caught:
            merge(herd | {"id": 1}, patch, HERD)
        assert caught.value.messages == {name: [UNKNOWN_PATH] for name in ("id", "tail", "/title")}

    def test_all_errors_are_reported_by_field(self, herd: Document) -> None:
        before = deepcopy(herd)
        patch = {
            "title": None,
            "open": 1,
            "note": "good",
            "sizes": [1, 100],
            "place": {"name": None, "x": 1},
            "password": None,
            "secret": "abc",
        }
        with pytest.raises(Unprocessable) as caught:
            merge(herd, patch, HERD)
        assert caught.value.messages == {
            "title": ["Field may not be null."],
            "open": ["Not a valid boolean."],
            "sizes.1": ["Must be between 0 and 99."],
            "place.name": ["Missing data for required field."],
            "place.x": ["Unknown field."],
            "password": ["Field may not be null."],
            "secret": ["Shorter than minimum length 4."],
        }
        assert herd == before


SOLID_VALUES = st.recursive(
    st.sampled_from([True, 0, 1, "", "a", [None]]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=8,
)


def difference(source: Any, target: Any) -> Any:
    """Return the smallest merge patch that converts `source` to `target`."""
    if not (isinstance(source, dict) and isinstance(target, dict)):
        return target
    gone: Document = dict.fromkeys(source.keys() - target.keys())
    return gone | {
        name: difference(source.get(name), value)
        for name, value in target.items()
        if name not in source or not equal(source[name], value)
    }


@settings(deadline=None)
@given(SOLID_VALUES, SOLID_VALUES)
def test_merged_difference_converts_one_document_to_the_other(source: Any, target: Any) -> None:
    change = merge({"x": source, "y": 0}, {"x": difference(source, target)}, ANY)
    assert equal(change.values.get("x", source), target)
    assert "y" not in change.values


@settings(deadline=None)
@given(VALUES, VALUES)
def test_merging_again_changes_nothing(source: Any, patch: Any) -> None:
    document = {"x": source, "y": None}
    merged = document | merge(document, {"x": patch}, ANY).values
    assert merge(merged, {"x": patch}, ANY) == Change({}, {})
