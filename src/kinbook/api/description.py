"""The API as it describes itself: OpenAPI 3.1, with what every call has in common said once for all."""

from functools import lru_cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from kinbook.api import frame
from kinbook.api.docs import Pages
from kinbook.tenancy.refused import Refused

ABOUT = """How other programs use Kinbook. It goes through the same actions, queries and access policy as the pages.

Send `Authorization: Bearer TOKEN`; a token is made under Settings › API tokens and carries its member's access.
Money is integer cents in the practice's currency, percents are hundredths (5000 is half), dates are `YYYY-MM-DD`,
instants RFC 3339 with offset, ids opaque strings. `from` and `to` are both included; of dated facts (arrangements,
coverages, contacts) `until` is the first day without. Lists answer `{"items", "next"}`; pass `next` as `cursor`.

What is refused changes nothing and answers `application/problem+json` (RFC 9457)."""

PROBLEM = {"$ref": "#/components/schemas/Problem"}
REFUSALS = {
    401: "No token, or one that has ended",
    403: "Known, and not allowed to the token's member",
    404: "Nothing by that id, or nothing that the member may know of",
    409: "It does not fit how things stand now",
    412: "It has changed since `If-Match` was read",
    422: "What was sent cannot stand; `errors` says which field and why",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key and body within 24 hours get the first answer again; another body is 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The `ETag` of a GET: 412 where the thing has changed since.",
    "schema": {"type": "string"},
}

FILES = {".pdf": "application/pdf", ".json": "application/json", ".beancount": "text/plain", ".csv": "text/csv"}


class Bearer(HttpBearer):
    """The token of a member; the middleware has made the viewer of it before anything here runs."""

    def __call__(self, request: HttpRequest) -> bool:
        """Let in whom the middleware let in."""
        return isinstance(getattr(request, "viewer", None), object)

    def authenticate(self, request: HttpRequest, token: str) -> bool:  # noqa: ARG002 - ninja's signature
        """Never asked: see above."""
        return False


class DescribedApi(NinjaAPI):
    """Ninja's API with our problems in place of its own, and a description of what all calls have in common."""

    def __init__(self) -> None:
        """Set up the one API there is."""
        super().__init__(
            title="Kinbook",
            version="1",
            description=ABOUT,
            auth=Bearer(),
            parser=frame.PlainJson(),
            docs=Pages(),
            urls_namespace="api",
        )
        handlers: dict[type[Exception], Any] = {
            Refused: frame.refusal,
            ValidationError: frame.unfit,
            HttpError: frame.unreadable,
            RequestDataTooBig: frame.unreadable,
            UnreadablePostError: frame.unreadable,
            IntegrityError: frame.clash,
            DataError: frame.out_of_range,
        }
        for kind, handler in handlers.items():
            self.add_exception_handler(kind, handler)

    def get_openapi_schema(self, **_path: Any) -> OpenAPISchema:
        """Return the description of every call."""
        return _described(self)


@lru_cache(maxsize=1)
def _described(api: DescribedApi) -> OpenAPISchema:
    schema = NinjaAPI.get_openapi_schema(api, path_prefix="/api/v1/")
    schema["components"]["schemas"]["Problem"] = frame.Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    for name, definition in schema["components"]["schemas"]["Problem"].pop("$defs").items():
        schema["components"]["schemas"][name] = definition
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _describe(path, method, operation)
    return schema


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    """Say of one call how it can be refused, which headers it heeds, and what a file is."""
    answers = operation["responses"]
    wanted = {401, 403, 404, 422}
    if method == "get" and 200 in answers:
        answers[200]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    if method != "get":
        wanted.add(409)
    if method == "post":
        operation["parameters"].append(KEY)
    if method in {"patch", "delete"}:
        wanted.add(412)
        operation["parameters"].append(MATCH)
    for kind in (kind for ending, kind in FILES.items() if path.endswith(ending)):
        answers[200]["content"] = {kind: {"schema": {"type": "object" if kind == "application/json" else "string"}}}
    for status in sorted(wanted):
        answers[status] = {"description": REFUSALS[status], "content": {frame.PROBLEM: {"schema": PROBLEM}}}
