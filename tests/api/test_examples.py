"""Every body that the schema describes has an example, and what the examples show is what the schema says."""

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft202012Validator

SCHEMA = yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
BODIES = [
    (f"{method} {path}", operation["requestBody"]["content"])
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]


@pytest.mark.parametrize(("operation", "content"), BODIES, ids=[name for name, _ in BODIES])
def test_a_body_has_an_example_that_fits_its_schema(operation, content):
    body = content["application/json"]
    examples = [one["value"] for one in body["examples"].values()]
    whole = {**body["schema"], "components": SCHEMA["components"]}
    faults = [error.message for value in examples for error in Draft202012Validator(whole).iter_errors(value)]
    assert (bool(examples), faults) == (True, [])


def test_every_refusal_is_declared_and_in_which_language():
    always, writing = {"400", "401", "403", "404", "406", "429"}, {"409", "412", "413", "415", "428"}
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            refusals = {code: answer["content"] for code, answer in operation["responses"].items() if code >= "400"}
            assert (always if method == "get" else always | writing) <= set(refusals), (method, path)
            assert "Accept-Language" in {one["name"] for one in operation["parameters"]}, (method, path)
            assert {media for content in refusals.values() for media in content} == {"application/problem+json"}


def test_an_export_takes_what_narrows_and_orders_its_list():
    parameters = {
        path: {one["name"] for one in operations["get"]["parameters"]}
        for path, operations in SCHEMA["paths"].items()
        if "get" in operations
    }
    exports = {path: names for path, names in parameters.items() if path.endswith("/export/")}
    assert len(exports) == 13
    shape = {"cursor", "page_size", "fields", "include", "If-None-Match", "Accept-Language"}
    for path, names in exports.items():
        assert names - {"Accept-Language"} == parameters[path.removesuffix("export/")] - shape | {"as"}
