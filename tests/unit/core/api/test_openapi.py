"""Both documents describe the services, the schemas and the grants."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator, validate
from pyramid.exceptions import ConfigurationError

from houston.core.api.openapi import openapi, swagger
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import Schema, String
from houston.core.security.grants import Permission
from tests.unit.core.api import herds

Json = dict[str, Any]

HERD = "/herds/{herd}"


@pytest.fixture(scope="module")
def old() -> Json:
    """Return the Swagger 2.0 document."""
    return swagger(herds.registry())


@pytest.fixture(scope="module")
def new() -> Json:
    """Return the OpenAPI 3.1 document."""
    return openapi(herds.registry())


def parameters(item: Json, method: str) -> dict[str, Json]:
    """Return the parameters of a path and of one of its operations, by name."""
    both = [*item.get("parameters", []), *item[method].get("parameters", [])]
    return {parameter["name"]: parameter for parameter in both}


class TestDocument:
    def test_swagger_is_valid(self, old: Json) -> None:
        validate(old, cls=OpenAPIV2SpecValidator)

    def test_openapi_is_valid(self, new: Json) -> None:
        validate(new, cls=OpenAPIV31SpecValidator)

    def test_swagger_is_below_the_base_path_alone(self, old: Json) -> None:
        assert old["basePath"] == "/api/v1"
        assert set(old["paths"]) == {
            "/herds",
            HERD,
            "/herds/{herd}/animals/{animal}",
            "/brands/{brand}",
        }

    def test_openapi_has_complete_paths_and_those_outside_the_api(
        self, old: Json, new: Json
    ) -> None:
        assert set(new["paths"]) == {f"/api/v1{path}" for path in old["paths"]} | {
            "/auth/oauth2/token"
        }

    def test_tags_have_the_description_of_their_module(self, old: Json, new: Json) -> None:
        assert [tag["name"] for tag in old["tags"]] == ["brands", "herds"]
        assert [tag["name"] for tag in new["tags"]] == ["brands", "herds", "auth"]
        assert new["tags"][0]["description"].startswith("Herds and their animals")

    def test_duplicate_operation_names_prevent_the_start(self) -> None:
        again = Service("again", "/herds/{herd}/animals")
        again.get(Permission.READ)(herds.list_herds)
        with pytest.raises(ConfigurationError, match="list_herds"):
            herds.application(herds.herds, again)

    def test_duplicate_schema_names_are_refused(self) -> None:
        service = Service("more", "/herds/{herd}/animals")
        for method, size in (("get", 1), ("patch", 2), ("post", 3)):
            schema = type("HerdSchema", (Schema,), {"name": String(max=size)})
            view = type(lambda: None)((lambda request: None).__code__, {}, f"{method}_more")
            getattr(service, method)(Permission.READ, returns=schema())(view)
        with pytest.raises(ConfigurationError, match="Herd"):
            swagger(herds.application(service).registry)


class TestOperations:
    def test_summary_and_description_are_the_docstring(self, old: Json) -> None:
        operation = old["paths"]["/herds"]["post"]
        assert operation["operationId"] == "create_herd"
        assert operation["summary"] == "Found a herd."
        assert operation["description"].startswith("The caller becomes its shepherd.\n\n")

    @pytest.mark.parametrize(
        ("path", "method", "words"),
        [
            ("/herds", "get", "May be called by: anyone, signed in or not."),
            ("/herds", "post", "May be called by: any signed-in user."),
            (HERD, "get", "by: shepherd of the herd; researchers; administrators."),
            (HERD, "delete", "May be called by: administrators."),
            ("/herds/{herd}/animals/{animal}", "patch", "by: shepherd of the herd; admin"),
        ],
    )
    def test_roles_are_those_of_the_grants(
        self, old: Json, path: str, method: str, words: str
    ) -> None:
        assert words in old["paths"][path][method]["description"]

    def test_rate_limits_are_documented(self, old: Json) -> None:
        assert "At most 10/hour for each caller." in old["paths"]["/herds"]["post"]["description"]

    def test_deprecated_operations_are_marked(self, old: Json, new: Json) -> None:
        assert old["paths"][HERD]["delete"]["deprecated"]
        assert "deprecated" not in new["paths"]["/api/v1/herds"]["get"]


class TestSecurity:
    def test_scopes_consist_of_noun_and_permission(self, old: Json, new: Json) -> None:
        assert old["paths"][HERD]["patch"]["security"] == [
            {"oauth2_password": ["herds:write"]},
            {"oauth2_application": ["herds:write"]},
        ]
        assert new["paths"][f"/api/v1{HERD}"]["get"]["security"] == [{"oauth2": ["herds:read"]}]

    def test_public_operations_need_no_credentials(self, new: Json) -> None:
        assert new["paths"]["/auth/oauth2/token"]["post"]["security"] == []
        assert {} in new["paths"]["/api/v1/herds"]["get"]["security"]

    def test_the_flows_name_the_token_endpoint(self, old: Json, new: Json) -> None:
        password = old["securityDefinitions"]["oauth2_password"]
        assert password["tokenUrl"] == "http://localhost/auth/oauth2/token"
        assert password["scopes"]["herds:write"] == "Change herds"
        flows = new["components"]["securitySchemes"]["oauth2"]["flows"]
        assert flows["clientCredentials"]["tokenUrl"] == "/auth/oauth2/token"

    def test_an_application_may_have_no_schemes(self) -> None:
        registry = herds.application(herds.herds, schemes={}).registry
        assert swagger(registry)["securityDefinitions"] == {}
        assert openapi(registry)["components"]["securitySchemes"] == {}


class TestInput:
    def test_paging(self, old: Json) -> None:
        query = parameters(old["paths"]["/herds"], "get")
        assert query["limit"] == {
            "name": "limit",
            "in": "query",
            "required": False,
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
            "default": 100,
            "description": "The largest number of rows.",
        }
        assert query["sort"]["description"] == (
            "The order of the rows: name, primary, or any other for primary."
        )
        assert "default" not in query["search"]

    def test_variables_are_without_their_regular_expressions(self, old: Json) -> None:
        herd = parameters(old["paths"][HERD], "get")["herd"]
        assert (herd["in"], herd["required"], herd["type"]) == ("path", True, "string")
        assert herd["description"] == "The guid or the integer id of the herd."

    def test_variables_document_the_kind_of_key(self, old: Json) -> None:
        animal = old["paths"]["/herds/{herd}/animals/{animal}"]
        assert parameters(animal, "patch")["animal"]["format"] == "uuid"
        brand = old["paths"]["/brands/{brand}"]
        assert parameters(brand, "get")["brand"]["description"] == "The key of the brand."

    def test_a_body_has_a_name_and_may_be_a_form(self, old: Json, new: Json) -> None:
        operation = old["paths"]["/herds"]["post"]
        assert parameters(old["paths"]["/herds"], "post")["body"]["schema"] == {
            "$ref": "#/definitions/NewHerd"
        }
        assert operation["consumes"] == [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ]
        content = new["paths"]["/api/v1/herds"]["post"]["requestBody"]["content"]
        model = {"schema": {"$ref": "#/components/schemas/NewHerd"}}
        assert content == dict.fromkeys(operation["consumes"], model)

    def test_a_patch_is_a_list_of_operations_on_declared_paths(self, old: Json) -> None:
        body = parameters(old["paths"][HERD], "patch")["body"]
        assert body["schema"] == {"$ref": "#/definitions/HerdPatch"}
        patch = old["definitions"]["HerdPatch"]
        assert (patch["type"], patch["items"]["$ref"]) == (
            "array",
            "#/definitions/HerdPatchOperation",
        )
        operation = old["definitions"]["HerdPatchOperation"]["properties"]
        assert operation["path"]["enum"] == ["/name", "/kind", "/current_password"]

    def test_members_of_a_list_can_be_patched(self, old: Json) -> None:
        path = old["definitions"]["AnimalPatchOperation"]["properties"]["path"]
        assert path["pattern"] == "^/(?:name|friends(?:/.*)?)$"

    def test_a_merge_patch_has_a_separate_model_in_openapi(self, old: Json, new: Json) -> None:
        merge = "application/merge-patch+json"
        assert merge not in old["paths"][HERD]["patch"]["consumes"]
        content = new["paths"][f"/api/v1{HERD}"]["patch"]["requestBody"]["content"]
        assert content[merge]["schema"] == {"$ref": "#/components/schemas/HerdChange"}
        change = new["components"]["schemas"]["HerdChange"]
        assert change["properties"]["kind"]["type"] == ["string", "null"]
        assert "required" not in change

    def test_a_form_alone_is_form_fields(self) -> None:
        service = Service("rename", "/herds/{herd}/animals")
        service.post(Permission.WRITE, body=herds.TokenRequestSchema(), consumes=herds.FORM_TYPES)(
            herds.create_token
        )
        paths = swagger(herds.application(service).registry)["paths"]
        fields = parameters(paths["/herds/{herd}/animals"], "post")
        assert fields["grant_type"]["in"] == "formData"
        assert fields["grant_type"]["required"]
        assert fields["scope"]["collectionFormat"] == "multi"

    def test_other_accepted_values_are_an_alternative(self, old: Json, new: Json) -> None:
        text = {"type": "string", "pattern": "^[0-9]+$"}
        area = old["definitions"]["NewHerd"]["properties"]["area"]
        assert (area["type"], area["x-accepts-also"]) == ("number", text)
        area = new["components"]["schemas"]["NewHerd"]["properties"]["area"]
        assert area == {"anyOf": [{"type": ["number", "null"], "minimum": 0}, text]}

    def test_preconditions(self, old: Json) -> None:
        item = old["paths"][HERD]
        assert "If-None-Match" in parameters(item, "get")
        assert "If-Match" in parameters(item, "patch")
        assert "If-Match" in parameters(item, "delete")
        animal = old["paths"]["/herds/{herd}/animals/{animal}"]
        assert "If-Match" not in parameters(animal, "patch"), (
            "no operation returns it, so there is no ETag"
        )


class TestResponses:
    def test_lists_are_arrays_with_their_total(self, old: Json) -> None:
        listed = old["paths"]["/herds"]["get"]["responses"]["200"]
        assert listed["schema"] == {"type": "array", "items": {"$ref": "#/definitions/Herd"}}
        assert listed["headers"]["X-Total-Count"]["type"] == "integer"

    def test_items_have_a_tag(self, old: Json) -> None:
        responses = old["paths"][HERD]["get"]["responses"]
        assert "ETag" in responses["200"]["headers"]
        assert "304" in responses

    def test_declared_headers_are_documented(self, new: Json) -> None:
        response = new["paths"]["/api/v1/brands/{brand}"]["get"]["responses"]["200"]
        assert response["headers"]["X-Ink"] == {
            "description": "Its colour.",
            "schema": {"type": "string"},
        }

    @pytest.mark.parametrize(
        ("path", "method", "statuses"),
        [
            ("/herds", "get", "200 400 401 403 406 422 503"),
            ("/herds", "post", "200 400 401 403 406 409 413 415 422 429 503"),
            (HERD, "get", "200 304 400 401 403 404 406 422 503"),
            (HERD, "patch", "200 400 401 403 404 406 409 412 413 415 422 503"),
            (HERD, "delete", "204 400 401 403 404 406 412 422 503"),
        ],
    )
    def test_statuses(self, old: Json, path: str, method: str, statuses: str) -> None:
        assert list(old["paths"][path][method]["responses"]) == statuses.split()

    def test_public_operations_refuse_wrong_tokens(self, new: Json) -> None:
        responses = new["paths"]["/auth/oauth2/token"]["post"]["responses"]
        assert {"401", "403"} <= responses.keys()

    def test_errors_have_one_model_and_a_description(self, old: Json) -> None:
        assert old["paths"]["/herds"]["post"]["responses"]["409"] == {"$ref": "#/responses/Full"}
        assert old["responses"]["Full"] == {
            "description": "The herd has no place for more.",
            "schema": {"$ref": "#/definitions/Error"},
        }

    def test_several_errors_of_one_status_share_a_response(self, old: Json) -> None:
        both = old["paths"][HERD]["patch"]["responses"]["409"]
        assert both == {"$ref": "#/responses/ConflictOrFull"}
        assert old["responses"]["ConflictOrFull"]["description"] == (
            "The change contradicts what is stored. The herd has no place for more."
        )

    def test_rate_limit_error_has_retry_after(self, new: Json) -> None:
        headers = new["components"]["responses"]["TooManyRequests"]["headers"]
        assert headers["Retry-After"]["schema"] == {"type": "integer"}


class TestFiles:
    """Files are sent completely, in part or as 304, and have no model."""

    @pytest.fixture
    def registry(self) -> Any:
        service = Service("pictures", HERD)

        @service.get(Permission.READ, file=True, produces="image/*")
        def get_picture(request: Request) -> Any:
            """Read the picture of a herd."""

        return herds.application(service).registry

    def test_in_swagger(self, registry: Any) -> None:
        document = swagger(registry)
        validate(document, cls=OpenAPIV2SpecValidator)
        operation = document["paths"][HERD]["get"]
        assert operation["produces"] == ["image/*", "application/json"]
        for status in ("200", "206"):
            response = operation["responses"][status]
            assert response["schema"] == {"type": "string", "format": "binary"}
            assert "ETag" in response["headers"]
        assert "schema" not in operation["responses"]["304"]

    def test_in_openapi(self, registry: Any) -> None:
        document = openapi(registry)
        validate(document, cls=OpenAPIV31SpecValidator)
        item = document["paths"][f"/api/v1{HERD}"]
        operation = item["get"]
        for status in ("200", "206"):
            content = operation["responses"][status]["content"]
            assert content == {"image/*": {"schema": {"type": "string", "format": "binary"}}}
        assert {"304", "404", "416"} < operation["responses"].keys()
        assert {"Range", "If-Range", "If-None-Match"} < parameters(item, "get").keys()


class TestModels:
    def test_output_models_are_open_and_complete(self, old: Json) -> None:
        herd = old["definitions"]["Herd"]
        assert herd["description"] == "A herd, as it is seen. Any value: `notes`."
        assert herd["required"] == list(herd["properties"])
        assert herd["additionalProperties"] is True

    def test_models_of_answers_declare_no_member_of_any_value(self, old: Json, new: Json) -> None:
        assert "notes" not in old["definitions"]["Herd"]["properties"]
        assert "notes" in new["components"]["schemas"]["Herd"]["required"]
        assert "AnyValue" not in new["components"]["schemas"]

    def test_input_models_are_closed_and_without_read_only_fields(self, old: Json) -> None:
        herd = old["definitions"]["NewHerd"]
        assert herd["required"] == ["name"]
        assert "guid" not in herd["properties"]
        assert herd["additionalProperties"] is False

    def test_input_and_output_of_one_schema_have_separate_names(self, old: Json) -> None:
        assert old["definitions"]["NewHerd"]["properties"]["home"] == {
            "$ref": "#/definitions/PlaceInput"
        }
        pastures = old["definitions"]["Herd"]["properties"]["pastures"]
        assert pastures["items"] == {"$ref": "#/definitions/Place"}

    def test_defaults_are_values(self, old: Json) -> None:
        fields = old["definitions"]["NewHerd"]["properties"]
        assert fields["kind"]["default"] == "goats"
        assert fields["is_wild"]["default"] is False
        assert "default" not in fields["founded"]
        assert "default" not in fields["home"]

    def test_null_in_swagger(self, old: Json) -> None:
        fields = old["definitions"]["Herd"]["properties"]
        assert fields["kind"]["x-nullable"]
        assert fields["place"] == {
            "allOf": [{"$ref": "#/definitions/Place"}],
            "description": "Where it grazes.",
            "x-nullable": True,
        }

    def test_null_in_openapi(self, new: Json) -> None:
        fields = new["components"]["schemas"]["Herd"]["properties"]
        assert fields["kind"] == {"type": ["string", "null"], "enum": ["goats", "sheep", None]}
        assert fields["place"] == {
            "anyOf": [{"$ref": "#/components/schemas/Place"}, {"type": "null"}],
            "description": "Where it grazes.",
        }
        assert fields["name"]["examples"] == ["Northern"]
        assert "x-nullable" not in str(new)

    def test_maps_and_any_values(self, new: Json) -> None:
        fields = new["components"]["schemas"]["Herd"]["properties"]
        assert fields["counts"] == {
            "type": "object",
            "maxProperties": 1000,
            "additionalProperties": {"type": "integer", "minimum": 0},
        }
        assert fields["notes"] == {}
