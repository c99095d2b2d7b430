"""Settings: the practice, its places and services, and billing; and setting a new installation up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from kinbook.access.actions import Action
from kinbook.access.policy import may, require
from kinbook.practice.commands import (
    add_location,
    add_product,
    add_service,
    change_location,
    change_practice,
    change_product,
    change_service,
)
from kinbook.practice.first_visit import is_new, set_up
from kinbook.practice.forms import (
    ClientBillingForm,
    LocationForm,
    PracticeForm,
    ProductForm,
    ServiceForm,
    SetUpForm,
)
from kinbook.practice.models import Location, Product, Service
from kinbook.tenancy.models import Practice
from kinbook.tenancy.refused import Conflict, Invalid, Unknown
from kinbook.web.page import SECTIONS, beside_fields, done, part, settings_page
from kinbook.web.request import version_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from kinbook.web.request import Request


def settings(request: Request) -> HttpResponse:
    """Lead to the first section the viewer may use."""
    first = next(url_name for _, _, url_name, action in SECTIONS if may(request.viewer, action))
    return HttpResponseRedirect(reverse(first))


def practice(request: Request) -> HttpResponse:
    """The practice itself."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    return _settings_form(request, PracticeForm, "practice/practice.html", "practice:practice")


def client_billing(request: Request) -> HttpResponse:
    """How invoices are made."""
    require(request.viewer, Action.BILLING_SETTINGS)
    return _settings_form(request, ClientBillingForm, "practice/client_billing.html", "practice:client_billing")


def _settings_form(
    request: Request, form_class: type[PracticeForm | ClientBillingForm], template: str, url: str
) -> HttpResponse:
    found = Practice.objects.get(pk=request.viewer.practice_id)
    initial = {name: getattr(found, name) for name in form_class.base_fields}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_practice(request.viewer, fields=form.cleaned_data, version=version_of(request))
            return done(request, reverse(url), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    status = 422 if form.errors else 200
    return settings_page(request, template, form=form, practice=found, status=status)


def locations(request: Request) -> HttpResponse:
    """The practice's places."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    rows = list(Location.objects.order_by("-is_active", "name"))
    return settings_page(request, "practice/locations.html", rows=rows)


def location(request: Request, location_id: UUID | None = None) -> HttpResponse:
    """Add or change a place."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Location.objects.filter(pk=location_id).first() if location_id else None
    if location_id and found is None:
        raise Unknown
    initial = {name: getattr(found, name) for name in LocationForm.base_fields} if found else None
    form = LocationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if found:
                change_location(request.viewer, location_id=found.pk, fields=values, version=version_of(request))
            else:
                values.pop("is_active")
                add_location(request.viewer, **values)
            return done(request, reverse("practice:locations"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "practice/location.html", form=form, row=found, status=422 if form.errors else 200)


def services(request: Request) -> HttpResponse:
    """What the practice offers."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    rows = list(Service.objects.order_by("-is_active", "name"))
    return settings_page(request, "practice/services.html", rows=rows)


def service(request: Request, service_id: UUID | None = None) -> HttpResponse:
    """Add or change a service."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Service.objects.filter(pk=service_id).first() if service_id else None
    if service_id and found is None:
        raise Unknown
    initial = {name: getattr(found, name) for name in ServiceForm.base_fields} if found else None
    form = ServiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if found:
                change_service(
                    request.viewer, service_id=found.pk, fields=form.cleaned_data, version=version_of(request)
                )
            else:
                add_service(request.viewer, fields=form.cleaned_data)
            return done(request, reverse("practice:services"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "practice/service.html", form=form, row=found, status=422 if form.errors else 200)


def products(request: Request) -> HttpResponse:
    """What the practice sells."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    rows = list(Product.objects.order_by("-is_active", "name"))
    return settings_page(request, "practice/products.html", rows=rows)


def product(request: Request, product_id: UUID | None = None) -> HttpResponse:
    """Add or change a product."""
    require(request.viewer, Action.PRACTICE_SETTINGS)
    found = Product.objects.filter(pk=product_id).first() if product_id else None
    if product_id and found is None:
        raise Unknown
    initial = {name: getattr(found, name) for name in ProductForm.base_fields} if found else None
    form = ProductForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if found:
                change_product(request.viewer, product_id=found.pk, fields=values, version=version_of(request))
            else:
                values.pop("is_active")
                add_product(request.viewer, fields=values)
            return done(request, reverse("practice:products"), "Saved.")
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return part(request, "practice/product.html", form=form, row=found, status=422 if form.errors else 200)


def first_visit(request: HttpRequest) -> HttpResponse:
    """Set a new installation up; gone once that is done."""
    if not is_new():
        return HttpResponseRedirect(reverse("account_login"))
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            set_up(
                code=values["code"],
                practice={name: values[name] for name in ("name", "time_zone", "currency")},
                owner={name: values[name] for name in ("first_name", "last_name", "email", "password")},
                now=datetime.now(UTC),
            )
            messages.success(request, "Kinbook is set up. Sign in to begin.")
            return HttpResponseRedirect(reverse("account_login"))
        except Invalid as refused:
            beside_fields(form, refused)
        except Conflict as refused:
            form.add_error(None, refused.sentence)
    return render(request, "practice/first_visit.html", {"form": form}, status=422 if form.errors else 200)
