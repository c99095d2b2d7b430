"""The page that describes the API to people: made from the same description that programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class Pages(DocsBase):
    """Answers /api/v1/docs."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Answer with every call, its fields and its answers."""
        return JsonResponse({"description": request.build_absolute_uri(self.get_openapi_url(api, kwargs))})
