"""Addresses that lead nowhere, and errors of ours: a page for people, a problem for programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import structlog
from django.db import InterfaceError, OperationalError

from kinbook.api.frame import problem
from kinbook.config import portal
from kinbook.web import errors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("kinbook.request")

API = "/api/v1/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    if request.path.startswith(API):
        return problem(404, "There is nothing here by that name.")
    if request.path.startswith(portal.PATH):
        return portal.not_found(request)
    return errors.not_found(request, exception)


def failure(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours, or of a database that is away: Django calls this while the error is at hand."""
    error = sys.exc_info()[1]
    # where in our code it came from, without what it says: it may quote what people entered
    log.error("failed", exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        return _no_database(request)
    if request.path.startswith(API):
        return problem(500, "Something went wrong on our side. Nothing was saved: try again.")
    if request.path.startswith(portal.PATH):
        return portal.failure(request)
    return errors.failure(request)


def _no_database(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        response = problem(503, "Kinbook cannot reach its database. Nothing was saved: try again in a minute.")
    elif request.path.startswith(portal.PATH):
        response = portal.no_database(request)
    else:
        response = errors.no_database(request)
    response["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that comes from elsewhere, or after a new sign-in."""
    return portal.stale_form(request) if request.path.startswith(portal.PATH) else errors.csrf_failure(request, reason)
