"""The floors of pages: any page of Kinbook under /floor/, drawn from what it held when it was first asked for.

Such a page signs its reader in, opens the transaction, asks the database once, writes its audit entry and fills the
same template: what the real page has beyond that is its queries. Each answer says how many statements it took.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.http import HttpResponse
from django.urls import path, resolve

from kinbook.audit.record import record
from kinbook.config import urls as product
from kinbook.tenancy.models import Practice
from kinbook.web import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

Drawn = tuple[str, dict[str, Any]]

_drawn: ContextVar[Drawn | None] = ContextVar("drawn", default=None)
_kept: dict[str, Drawn] = {}
_render = page.render


def _note(request: Any, template: str, context: dict[str, Any]) -> str:
    _drawn.set((template, context))
    return _render(request, template, context)


def floor(request: Any, rest: str) -> HttpResponse:
    """Answer with the page as it was the first time; the name before the first slash keeps pages apart."""
    name, _, address = rest.partition("/")
    if name not in _kept:
        match = resolve(f"/{address}")
        page.render = _note
        response = match.func(request, *match.args, **match.kwargs)
        page.render = _render
        drawn = _drawn.get()
        if drawn is not None:
            _kept[name] = drawn
        return HttpResponse(response.content, status=response.status_code)
    template, context = _kept[name]
    Practice.objects.get(pk=request.viewer.practice_id)
    record(request.viewer, "floor.viewed", count=0)
    return HttpResponse(page.render(request, template, {**context, "viewer": request.viewer}))


class StatementCount:
    """Says in a header how many statements an answer took, transaction control and the naming of the viewer aside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer and count."""
        counted: list[str] = []

        def count(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
            if not str(sql).startswith(("SAVEPOINT", "RELEASE", "SELECT set_config")):
                counted.append(str(sql))
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Statements"] = str(len(counted))
        return response


urlpatterns = [path("floor/<path:rest>", floor), *product.urlpatterns]
