"""Signing in with both steps, and time that has passed."""

import time
from datetime import timedelta

import pytest
from django.test import Client

from kinbook.accounts.commands.factors import add_app, new_secret
from kinbook.accounts.models import Factor, SignIn
from kinbook.rules.codes import code_at, step_at
from tests.cast import PASSWORD

SIGN_IN = "/account/sign-in/"
SECOND = "/account/second-step/"


def code(secret, ahead=0):
    """The code that an app shows, or will show some half minutes ahead."""
    return code_at(secret, step_at(int(time.time())) + ahead)


def sign_in(name="kim", password=PASSWORD, browser=None, **more):
    """Enter e-mail and password; the browser that did."""
    browser = browser or Client()
    browser.post(SIGN_IN, {"login": f"{name}@kinbook.example", "password": password}, **more)
    return browser


def is_in(browser):
    return browser.get("/settings/account/").status_code == 200


def age(**columns):
    """Let sign-ins be as old as said."""
    for row in SignIn.objects.all():
        for name, minutes in columns.items():
            setattr(row, name, getattr(row, name) - timedelta(minutes=minutes))
        row.save()


@pytest.fixture
def kims_app(cast):
    """Dr Kim's authenticator app: its secret, and her recovery codes."""
    secret = new_secret()
    with cast.as_("kim") as viewer:
        at = int(viewer.now.timestamp())
        codes = add_app(viewer, secret=secret, code=code_at(secret, step_at(at)), session_key=None)
    Factor.objects.update(last_step=0)
    return secret, codes
