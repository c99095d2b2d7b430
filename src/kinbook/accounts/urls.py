"""Addresses of signing in, and of one's own account. Those under `account/` are open before a practice is."""

from __future__ import annotations

from django.urls import path

from kinbook.accounts.views import account, letters, second_step, signing_in

STEP = "settings/account/second-step/"

app_name = "accounts"
urlpatterns = [
    path("account/second-step/", signing_in.second_step, name="second_step_asked"),
    path("account/passkey/options/", signing_in.passkey_options, name="passkey_options"),
    path("account/passkey/", signing_in.by_passkey, name="by_passkey"),
    path("account/stay/", signing_in.stay, name="stay"),
    path("e-mail/<str:secret>/", letters.email_link, name="email_link"),
    path("settings/account/", account.account, name="account"),
    path("settings/account/password/", account.password, name="password"),
    path("settings/account/e-mail/", account.email, name="email"),
    path("settings/account/e-mail/stop/", account.stop_email, name="stop_email"),
    path("settings/account/sign-ins/end/", account.end_others, name="end_others"),
    path("settings/account/sign-ins/<uuid:sign_in_id>/end/", account.end, name="end"),
    path(STEP, second_step.second_step, name="second_step"),
    path(f"{STEP}app/", second_step.app, name="app"),
    path(f"{STEP}passkey/", second_step.passkey, name="passkey"),
    path(f"{STEP}passkey/options/", second_step.new_passkey_options, name="new_passkey_options"),
    path(f"{STEP}codes/", second_step.codes, name="renew_codes"),
    path(f"{STEP}<uuid:factor_id>/remove/", second_step.remove, name="remove_factor"),
    path("settings/signing-in/", account.rules, name="rules"),
    path("settings/team/<uuid:member_id>/e-mail/", account.member_email, name="member_email"),
    path("settings/team/<uuid:member_id>/second-step/", account.reset_step, name="reset_second_step"),
]
