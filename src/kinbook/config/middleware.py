"""A request becomes a transaction with one practice and one viewer; refusals become answers, errors roll back."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.db import DatabaseError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from psycopg import errors

from kinbook.access.models import Token
from kinbook.accounts.commands.sign_ins import note_use
from kinbook.accounts.views.confirm import ask_to_confirm, confirm
from kinbook.api.frame import problem
from kinbook.config import portal
from kinbook.config.dangerous import BACKGROUND, BACKGROUND_HEADER, DANGEROUS, FRESH
from kinbook.team.commands.members import hash_of
from kinbook.team.queries import viewer_of
from kinbook.tenancy.refused import Refused
from kinbook.tenancy.session import acting_as
from kinbook.tenancy.viewer import Identity, Origin, ViewerKind
from kinbook.web.errors import refusal
from kinbook.web.page import Afterwards, go

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from kinbook.tenancy.viewer import Viewer
    from kinbook.web.request import Request

    Answer = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("kinbook.request")

OPEN = (
    "/static/",
    "/account/",
    "/invitation/",
    "/e-mail/",
    "/healthz",
    "/readyz",
    "/set-up/",
    "/demo/",
    "/pay/",
    "/webhooks/",
)
SET_UP = "/settings/account/second-step/"
API = "/api/v1"
API_OPEN = (f"{API}/openapi.json", f"{API}/docs")
TRIES = 3
AGAIN = (errors.DeadlockDetected, errors.SerializationFailure)


class RequestFrame:
    """Gives each request an id, and logs what became of it: route, status, time; never what was in it."""

    def __init__(self, get_response: Answer) -> None:
        """Keep what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and log it."""
        started = time.perf_counter()
        request_id = uuid.uuid4().hex[:16]
        structlog.contextvars.bind_contextvars(request=request_id)
        request.META["KINBOOK_REQUEST_ID"] = request_id
        try:
            response = self.get_response(request) if is_bearable(request) else _too_large(request)
            response["X-Request-ID"] = request_id
            if not settings.TESTING:
                match = request.resolver_match
                log.info(
                    "answered",
                    method=request.method,
                    route=match.route if match else "",
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000),
                )
            return response
        finally:
            structlog.contextvars.clear_contextvars()


def is_bearable(request: HttpRequest) -> bool:
    """Tell whether a request says it is no larger than anything that is taken: the rest is not read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return str(length).isdecimal() and int(length) <= settings.LARGEST_REQUEST


def _too_large(request: HttpRequest) -> HttpResponse:
    sentence = "This is more than is taken at once. Nothing was saved: a file has at most 20 MB."
    return problem(413, sentence) if asks_the_api(request.path) else HttpResponse(sentence, status=413)


def asks_the_api(path: str) -> bool:
    """Tell whether an address is the API's: programs ask there, and are answered as programs."""
    return path == API or path.startswith(f"{API}/")


def client_address(request: HttpRequest) -> str:
    """Return where the request came from, trusting a proxy's word only where one is configured."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and settings.SESSION_COOKIE_SECURE:
        return str(forwarded).rsplit(",", maxsplit=1)[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request came from, for the audit log."""
    return Origin(request.META["KINBOOK_REQUEST_ID"], client_address(request))


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a session or token names; a session ends when the password it was opened with is no more."""

    identity: Identity
    read_only: bool = False
    session_hash: str | None = None

    def viewer(self, request: HttpRequest, now: datetime) -> Viewer | None:
        """Return the viewer they are right now; runs inside their transaction."""
        origin = origin_of(request)
        return viewer_of(
            self.identity, now=now, origin=origin, read_only=self.read_only, session_hash=self.session_hash
        )

    def closed(self, request: HttpRequest) -> HttpResponse:
        """Answer somebody who is let in no more."""
        return _no_token() if asks_the_api(request.path) else _signed_out(request)


class ViewerMiddleware:
    """Opens the transaction of a request for its viewer, and ends it: committed, or as if it had never been.

    A deadlock or serialization failure runs the whole request again, up to three times, then answers 409.
    """

    def __init__(self, get_response: Answer) -> None:
        """Keep what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its transaction."""
        path = request.path
        if path.startswith(OPEN) or path in API_OPEN:
            return self.get_response(request)
        now = datetime.now(UTC)
        if path.startswith(portal.PATH):
            return portal.answer(request, now, self)
        is_program = asks_the_api(path)
        caller = caller_by_token(request, now) if is_program else caller_by_session(request)
        if caller is None:
            return _no_token() if is_program else _to_sign_in(request)
        return self.answer_as(caller, request, now)

    def answer_as(self, caller: Caller | portal.Guest, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer for whom the request is, again where two clash."""
        for _ in range(TRIES):
            response = self._once(request, caller, now)
            if response is not None:
                return _finished(request, response)
        sentence = "Two people changed the same thing at once. Nothing was saved: try again."
        return problem(409, sentence) if asks_the_api(request.path) else HttpResponse(sentence, status=409)

    def _once(self, request: HttpRequest, caller: Caller | portal.Guest, now: datetime) -> HttpResponse | None:
        try:
            with acting_as(caller.identity):
                viewer = caller.viewer(request, now)
                if viewer is None:
                    return caller.closed(request)
                request.viewer = viewer  # type: ignore[attr-defined]
                request.clash = None  # type: ignore[attr-defined]
                response = self.get_response(request)
                if getattr(request, "clash", None) is not None:
                    transaction.set_rollback(True)
                    return None
                # Django answers a failed view with a 500 inside the middleware: without this it would be committed
                if response.status_code >= 500:
                    transaction.set_rollback(True)
        except DatabaseError as error:  # a constraint asked when the transaction ends
            if isinstance(error.__cause__, AGAIN):
                return None
            raise
        # what a member has seen stays in no browser's memory for whoever sits there next
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: Request, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Note that the member is at work; lead to a second step that is owed; ask for proof before danger."""
        viewer = getattr(request, "viewer", None)
        match = request.resolver_match
        if viewer is None or match is None or viewer.kind is ViewerKind.PORTAL or asks_the_api(request.path):
            return None
        name = match.view_name
        if name not in BACKGROUND and BACKGROUND_HEADER not in request.headers and not _is_stream(request):
            note_use(request.session.row, viewer.now)
        if viewer.owes_second_step and not request.session.get("second_step") and not request.path.startswith(SET_UP):
            return go(request, SET_UP)
        if request.method not in DANGEROUS.get(name, ()) and "proof_then" not in request.POST:
            return None
        if "proof" in request.POST:
            return confirm(request)
        proven_at = proven_at_of(request)
        return None if viewer.now - proven_at < FRESH else ask_to_confirm(request)

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """Turn a refusal into an answer, and note a clash so that the request runs again."""
        if isinstance(error, Refused):
            return _refusal(request, error)
        if isinstance(error, DatabaseError) and isinstance(error.__cause__, AGAIN):
            request.clash = error  # type: ignore[attr-defined]
            return HttpResponse(status=409)
        return None


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Do what waited until the transaction was over."""
    while isinstance(response, Afterwards):
        try:
            response = response.finish()
        except Refused as error:
            response = _refusal(request, error)
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    return portal.refusal(request, error) if request.path.startswith(portal.PATH) else refusal(request, error)


def _is_stream(request: HttpRequest) -> bool:
    return "text/event-stream" in request.headers.get("Accept", "")


def proven_at_of(request: Request) -> datetime:
    """Return when this browser last showed a password, code or passkey: at the latest when it signed in."""
    shown = request.session.get("proven_at")
    opened: datetime = request.session.row.opened_at
    return datetime.fromtimestamp(shown, UTC) if shown else opened


def caller_by_session(request: HttpRequest) -> Caller | None:
    """Return the member a session belongs to, as sign-in noted it."""
    session: Any = request.session
    practice, member, session_hash = session.get("practice"), session.get("member"), session.get(HASH_SESSION_KEY)
    if not practice or not member or not session_hash or session.row is None:
        return None
    identity = Identity(uuid.UUID(practice), ViewerKind.MEMBER, uuid.UUID(member))
    return Caller(identity, session_hash=session_hash)


def caller_by_token(request: HttpRequest, now: datetime) -> Caller | None:
    """Return the member a bearer token belongs to, and whether it may only read."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    token = Token.objects.filter(hash=hash_of(secret.strip()), revoked_at=None).first()
    if token is None or (token.expires_at and token.expires_at <= now):
        return None
    return Caller(Identity(token.practice_id, ViewerKind.MEMBER, token.member_id), read_only=token.read_only)


def _no_token() -> HttpResponse:
    response = problem(401, "Send a token: Authorization: Bearer …")
    response["WWW-Authenticate"] = "Bearer"
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.path == "/":
        from kinbook.practice.first_visit import is_new

        if is_new():
            return HttpResponseRedirect("/set-up/")
    url = (
        f"{resolve_url(settings.LOGIN_URL)}?next={request.get_full_path()}"
        if request.method == "GET"
        else resolve_url(settings.LOGIN_URL)
    )
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Somebody whose membership ended while signed in."""
    request.session.flush()
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
