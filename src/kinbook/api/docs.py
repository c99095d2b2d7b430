"""The page that describes the API to people: made from the same description that programs read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field or parameter: `kind` says its type in words, `of` the schema it consists of, where there is one."""

    name: str
    kind: str
    of: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One way a call is answered."""

    status: str
    about: str
    of: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    method: str
    path: str
    about: str
    more: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_of: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What one schema consists of."""

    name: str
    about: str
    fields: tuple[Field, ...]


class Pages(DocsBase):
    """Answers /api/v1/docs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Answer with every call, its fields and its answers."""
        return render(request, "api/docs.html", {**_page(api), "description_url": self.get_openapi_url(api, kwargs)})


@lru_cache(maxsize=1)
def _page(api: NinjaAPI) -> dict[str, Any]:
    schema = api.get_openapi_schema()
    shapes: dict[str, Any] = schema["components"]["schemas"]
    groups: dict[str, list[Call]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_call(path, method, operation, shapes))
    return {
        "about": [_said(each) for each in str(schema["info"]["description"]).split("\n\n")],
        "groups": list(groups.items()),
        "shapes": [
            Shape(name, _said(shape.get("description", "")), tuple(_fields(shape)))
            for name, shape in sorted(shapes.items())
            if shape.get("properties")
        ],
    }


def _call(path: str, method: str, operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> Call:
    about, _, more = str(operation.get("description", operation["summary"])).partition("\n\n")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    body_of = _of(body)
    return Call(
        method=method.upper(),
        path=path,
        about=_said(about),
        more=_said(more),
        parameters=tuple(
            Field(each["name"], _kind(each["schema"]), "", bool(each.get("required")), _about(each))
            for each in operation["parameters"]
        ),
        body=tuple(_fields(shapes.get(body_of, {}))),
        body_of=body_of,
        answers=tuple(
            Answer(str(status), _said(answer["description"]), _answer_of(answer))
            for status, answer in sorted(operation["responses"].items(), key=lambda item: str(item[0]))
        ),
    )


def _said(text: str) -> SafeString:
    """Return a description for the page: what stands between backticks is code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", each) if at % 2 else each,) for at, each in parts)
    )


def _about(each: Mapping[str, Any]) -> SafeString:
    return _said(each.get("description") or each["schema"].get("description", ""))


def _answer_of(answer: Mapping[str, Any]) -> str:
    return next((_of(content["schema"]) for content in answer.get("content", {}).values()), "")


def _fields(shape: Mapping[str, Any]) -> Iterator[Field]:
    required = set(shape.get("required", ()))
    for name, each in shape.get("properties", {}).items():
        yield Field(name, _kind(each), _of(each), name in required, _said(each.get("description", "")))


def _of(schema: Mapping[str, Any]) -> str:
    """Return the schema that a value consists of; "" where it is a plain value."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if isinstance(schema.get("items"), dict) else [])]
    return next((name for each in inner if (name := _of(each))), "")


def _kind(schema: Mapping[str, Any]) -> str:
    """Return a type in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " · ".join(str(each) for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kind = str(schema.get("title") if schema.get("title") == "Rule" else schema.get("type", "anything"))
    return {"uuid": "id", "date": "date", "date-time": "instant"}.get(str(schema.get("format")), kind)
