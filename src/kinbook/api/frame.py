"""What every call has in common: one transaction, problems in one form, first answers kept, lost updates refused."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.responses import NinjaJSONEncoder
from psycopg import errors
from pydantic import BaseModel

from kinbook.api.commands import claim_key, keep_answer
from kinbook.api.fields import UNKNOWN_ID
from kinbook.ledger.periods import ClosedMonth
from kinbook.tenancy.refused import Conflict, Invalid, Refused, Unknown
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Viewer
from kinbook.web.errors import status_of
from kinbook.web.page import Afterwards
from kinbook.web.request import Request

log = structlog.get_logger("kinbook.api")

Answers = Callable[..., HttpResponse]
PROBLEM = "application/problem+json"
DEEPEST = 40
LOOKING = {"GET", "HEAD", "OPTIONS"}
SAID = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field.",
    "bool_type": "This is true or false.",
    "int_type": "This is a whole number.",
    "string_type": "This is text.",
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a call was refused (RFC 9457); nothing was changed."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None


class Stale(Refused):
    """The thing has changed since the program looked at it."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("This has changed since you looked at it. Nothing was changed: look again, then decide.")


def problem(status: int, detail: str, found: Iterable[tuple[str, str]] | None = None, **more: str) -> HttpResponse:
    """Answer with a problem; `found` names what is wrong with which field, `more` what is proposed instead."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    if found is not None:
        content["errors"] = [{"field": field, "message": message} for field, message in found]
    return HttpResponse(json.dumps(content), status=status, content_type=PROBLEM)


def refusal(_request: HttpRequest, refused: Refused) -> HttpResponse:
    """Answer what a command refused."""
    if isinstance(refused, Stale):
        return problem(412, refused.sentence)
    if isinstance(refused, Invalid):
        return problem(422, refused.sentence, refused.problems.items())
    if isinstance(refused, ClosedMonth):
        return problem(409, refused.sentence, first_open_day=refused.opens_on.isoformat())
    return problem(status_of(refused), refused.sentence)


def unfit(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """Answer what does not have the form described: 404 where an id names nothing, else 422 by field."""
    kinds = {each["type"] for each in wrong.errors}
    if kinds == {UNKNOWN_ID} or any(each["loc"][0] == "path" for each in wrong.errors):
        return refusal(_request, Unknown())
    found = [(_field(each["loc"]), SAID.get(str(each["type"]), str(each["msg"]))) for each in wrong.errors]
    return problem(422, " ".join(dict.fromkeys(message for _, message in found)), found)


def _field(place: tuple[Any, ...]) -> str:
    """Return a field as a program names it: contacts.0.relationship."""
    source, *rest = place
    inside = rest[1:] if source == "body" or len(rest) > 1 else rest
    return ".".join(str(part) for part in inside)


def unreadable(_request: HttpRequest, wrong: Exception) -> HttpResponse:
    """Answer a body that is no JSON, is too large, or did not arrive whole."""
    if isinstance(wrong, RequestDataTooBig):
        return problem(413, "This is more than is taken at once.")
    status = wrong.status_code if isinstance(wrong, HttpError) else 400
    return problem(422, str(wrong), [("", str(wrong))]) if status == 400 else problem(status, str(wrong))


def clash(_request: HttpRequest, wrong: IntegrityError) -> HttpResponse:
    """Answer what a constraint refused because somebody else was quicker; anything else is an error of ours."""
    if not isinstance(wrong.__cause__, (errors.UniqueViolation, errors.ExclusionViolation)):
        raise wrong
    log.warning("clashed", constraint=wrong.__cause__.diag.constraint_name)
    return refusal(_request, Conflict("Somebody else entered the same a moment ago. Nothing was changed: look again."))


def out_of_range(_request: HttpRequest, wrong: DataError) -> HttpResponse:
    """Answer a value that no column can hold."""
    log.warning("out of range", kind=type(wrong.__cause__).__name__)
    return refusal(_request, Invalid(**{"": "A number, date or text here is beyond what can be kept."}))


class PlainJson(Parser):
    """Reads bodies: JSON without numbers that are none, without characters nobody can see, not endlessly deep."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's value; raises where it cannot be kept as it is."""
        value = json.loads(request.body, parse_constant=_refuse_constant)
        if not _is_plain(value):
            raise HttpError(400, "The body holds a character that cannot be kept, or is too deep.")
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_plain(value: Any) -> bool:
    """Tell whether a value is not too deep and its texts can be kept: no NUL, no half of a surrogate pair."""
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += [*each, *each.values()]
            elif isinstance(each, list):
                below += each
            elif isinstance(each, str) and any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in each):
                return False
        if not below:
            return True
        level = below
    return False


def door(view: Answers) -> Answers:
    """Let every call in through one door, whatever it asks for."""

    @csrf_exempt  # a token is no cookie: nobody else's page can send it
    @wraps(view)
    def answer(request: Request, **path: Any) -> HttpResponse:
        try:
            _refuse_unseen(request)
            response = _once(request, lambda: _whole(request, view, path))
        except Refused as refused:
            return refusal(request, refused)
        if isinstance(response, Afterwards):
            return _later(request, response)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = problem(405, f"This address answers to {allowed}.")
            response["Allow"] = allowed
        return response

    return answer


def _later(request: Request, response: Afterwards) -> Afterwards:
    """Let what is finished later be refused as a problem, and be kept as the first answer of its key."""
    viewer, key = request.viewer, request.headers.get("Idempotency-Key")

    def finish() -> HttpResponse:
        try:
            done = response.finish()
        except Refused as refused:
            done = refusal(request, refused)
        if key is not None and request.method == "POST":
            with acting_as(viewer):
                _keep(viewer, key, done)
        return done

    return Afterwards(finish)


def _keep(viewer: Viewer, key: str, response: HttpResponse) -> None:
    kept = {"Content-Type": response["Content-Type"]}
    keep_answer(viewer, key, status=response.status_code, headers=kept, body=response.content.decode())


def _refuse_unseen(request: Request) -> None:
    for name, values in request.GET.lists():
        if "\x00" in name or any("\x00" in value for value in values):
            raise Invalid(**{name.replace("\x00", ""): "This holds a character that cannot be kept."})


def _whole(request: Request, view: Answers, path: dict[str, Any]) -> HttpResponse:
    """Do all of a call or nothing: what was refused half-way leaves no trace."""
    with transaction.atomic():
        response = view(request, **path)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    if response.status_code == 204:
        del response["Content-Type"]
    if response.status_code < 300 and request.method != "POST" and response.content:
        response["ETag"] = etag(response.content)
    return response


def _once(request: Request, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Give the first answer again where the request bears a key that had one; what failed on our side is not kept."""
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return answer()
    asked = f"{request.method} {request.get_full_path()}\n".encode() + _body(request)
    known = claim_key(request.viewer, key, hashlib.sha256(asked).digest())
    if known is not None and known.status is None:
        raise Conflict("The first call with this Idempotency-Key is still being done. Ask again in a moment.")
    if known is not None:
        again = HttpResponse(known.body, status=known.status, headers=known.headers)
        again["Idempotency-Replayed"] = "true"
        return again
    response = answer()
    if response.status_code < 500 and not isinstance(response, Afterwards):
        _keep(request.viewer, key, response)
    return response


def _body(request: Request) -> bytes:
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError):
        return b""


def etag(content: bytes) -> str:
    """Return the tag of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def require_match(request: Request, shown: BaseModel) -> None:
    """Refuse a change of something that is not any more what the program saw (`If-Match`); call it under the lock."""
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    now = etag(json.dumps(shown.model_dump(by_alias=True), cls=NinjaJSONEncoder).encode())
    if now not in (tag.strip() for tag in wanted.split(",")):
        raise Stale
