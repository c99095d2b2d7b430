"""Every address."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter

from kinbook.config import health
from kinbook.seed import views as seed

handler404 = "kinbook.config.errors.not_found"
handler500 = "kinbook.config.errors.failure"


class Plain(StringConverter):
    """Letters and digits: in a link for a new password they end where its key begins, at the first hyphen."""

    regex = "[0-9A-Za-z]+"


register_converter(Plain, "plain")

sign_in = [
    path("sign-in/", seed.sign_in_page, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/asked/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/<plain:uidb36>-<key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("sign-up/", account.signup, name="account_signup"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("account/", include(sign_in)),
    path("", include("kinbook.overview.urls")),
    path("", include("kinbook.team.urls")),
    path("", include("kinbook.accounts.urls")),
    path("", include("kinbook.practice.urls")),
    path("", include("kinbook.papers.urls")),
    path("", include("kinbook.people.urls")),
    path("", include("kinbook.invitations.urls")),
    path("", include("kinbook.whopays.urls")),
    path("", include("kinbook.scheduling.urls")),
    path("", include("kinbook.messaging.urls")),
    path("", include("kinbook.ledger.urls")),
    path("", include("kinbook.invoices.urls")),
    path("", include("kinbook.payments.urls")),
    path("", include("kinbook.reports.urls")),
    path("", include("kinbook.cards.urls")),
    path("", include("kinbook.documents.urls")),
    path("", include("kinbook.exchange.urls")),
    path("", include("kinbook.portal.urls")),
    path("", include("kinbook.seed.urls")),
    path("api/v1/", include("kinbook.api.urls")),
]
