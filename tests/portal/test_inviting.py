"""Staff invite, suspend and look on: who gets what, in which words; a minor's door is the minor's own."""

import pytest

from kinbook.access.models import PortalGrant, PortalSuspension
from kinbook.audit.models import Entry
from kinbook.invitations.models import Guest, PortalSetting, Session
from kinbook.mail.models import Letter
from kinbook.people.commands.clean import EmailDraft, PhoneDraft
from kinbook.people.commands.parties import set_emails, set_phones
from kinbook.people.models import Party
from kinbook.tenancy.refused import Invalid
from tests.portal.conftest import TEEN, allow
from tests.portal.guest import words_of
from tests.scheduling.visitor import Visitor


@pytest.fixture
def owner(cast, family):
    return Visitor(cast, "owner")


def url(family, who=None, deed=""):
    return f"/clients/{family.mia}/edit/portal/" + (f"{who}/{deed}/" if who else "")


def form(cast, *names, flags=("messages", "appointments"), step="send", **more):
    ticked = {}
    for name in names:
        prefix = f"person-{cast.people[name]}"
        ticked |= {f"{prefix}-invite": "on", **{f"{prefix}-{flag}": "on" for flag in flags}}
    return {"step": step, "language": "en", "words": "", **ticked, **more}


def reach(cast, name, *emails, phone=""):
    with cast.as_("owner") as viewer:
        party = Party.objects.get(pk=cast.people[name])
        set_emails(viewer, party, [EmailDraft(each) for each in emails])
        if phone:
            set_phones(viewer, party, [PhoneDraft(phone)])


def test_everybody_around_the_client_is_shown_with_how_far_they_are(owner, family):
    told = words_of(owner.get(url(family)))
    assert all(name in told for name in ("Ana Ortiz", "Ben Ortiz", "Mia Ortiz", "Not invited yet"))


def test_review_shows_what_each_gets_before_anything_is_sent(cast, owner, family):
    told = words_of(owner.post(url(family), form(cast, "ana", "mia", step="review")))
    assert "This is what they get" in told
    assert "Send 2 invitations" in told
    with cast.as_("owner"):
        assert not Letter.objects.exists()


def test_sending_gives_exactly_what_was_ticked_and_writes_to_each_alone(cast, owner, family):
    response = owner.post(url(family), form(cast, "ana", "ben", words="See you soon."))
    assert response.status_code == 302
    with cast.as_("owner"):
        letters = {each.to: each for each in Letter.objects.all()}
        assert set(letters) == {"ana.ortiz@mail.example", "ben@workshop.example"}
        body = letters["ana.ortiz@mail.example"].body
        assert "See you soon." in body
        assert not [word for word in ("Ben", "Mia", "workshop") if word in body]
        assert letters["ana.ortiz@mail.example"].subject == "Your client portal"
        grant = PortalGrant.objects.get(client_id=family.mia, party_id=cast.people["ana"])
        assert (grant.access, grant.messages, grant.appointments, grant.billing_documents) == (True, True, True, False)
        assert Entry.objects.filter(action="portal.invited").count() == 2
    assert "Invited" in words_of(owner.get(url(family)))


def test_the_mail_speaks_the_chosen_language(cast, owner, family):
    owner.post(url(family), form(cast, "ana", language="es"))
    with cast.as_("owner"):
        assert Letter.objects.get().subject == "Su portal de clientes"


def test_nobody_ticked_is_told(cast, owner, family):
    response = owner.post(url(family), form(cast))
    assert response.status_code == 422
    assert "Tick whom to invite" in words_of(response)


def test_a_minors_address_that_a_parent_reads_is_refused_beside_the_minor(cast, owner, family):
    reach(cast, "mia", "Ana.Ortiz@mail.example")
    response = owner.post(url(family), form(cast, "mia"))
    assert response.status_code == 422
    assert "also Ana Ortiz’s. A minor’s portal must be the minor’s own" in words_of(response)
    with cast.as_("owner"):
        assert not Letter.objects.exists()


def test_a_minors_number_that_a_parent_uses_is_refused(cast, owner, family):
    reach(cast, "mia", "mia@teen.example", phone="555-0142")
    response = owner.post(url(family), form(cast, "mia"))
    assert response.status_code == 422
    assert "Ana Ortiz uses this number too" in words_of(response)


@pytest.mark.parametrize(("email", "phone"), [("ana.ortiz@mail.example", ""), ("mia@teen.example", "555-0142")])
def test_the_flag_itself_is_refused_for_a_minor_who_shares(cast, family, email, phone):
    reach(cast, "mia", email, phone=phone)
    with cast.as_("owner") as viewer, pytest.raises(Invalid):
        allow(viewer, family.mia, cast.people["mia"], TEEN)


def test_of_two_who_share_a_mailbox_the_second_gets_none_and_staff_see_why(cast, owner, family):
    reach(cast, "ben", "ana.ortiz@mail.example")
    told = words_of(owner.get(url(family)))
    assert "also Ana Ortiz’s, and one mailbox opens the portal of one person" in told
    assert owner.post(url(family), form(cast, "ben")).status_code == 422
    assert owner.post(url(family), form(cast, "ana")).status_code == 302


def test_suspended_with_a_reason_and_lifted_again(cast, owner, guest, family):
    ana = cast.people["ana"]
    mia_for_ana = guest("ana")
    assert owner.send(url(family, ana, "suspend"), {"reason": " "}).status_code == 422
    assert owner.send(url(family, ana, "suspend"), {"reason": "Court order of May"}).status_code == 204
    assert mia_for_ana.get("/portal/")["Location"] == "/portal/sign-in/"
    told = words_of(owner.get(url(family)))
    assert "Suspended" in told
    assert "Court order of May" in told
    assert owner.send(url(family, ana, "suspend"), {"reason": "Again"}).status_code == 422
    assert owner.post(url(family), form(cast, "ana")).status_code == 422
    assert owner.send(url(family, ana, "lift")).status_code == 204
    assert owner.send(url(family, ana, "lift")).status_code == 409
    with cast.as_("owner"):
        assert PortalSuspension.objects.get().lifted_by == "Helen Marsh"


def test_the_invitation_is_sent_again(cast, owner, family):
    assert owner.send(url(family, cast.people["ana"], "invite")).status_code == 204
    with cast.as_("owner"):
        assert Letter.objects.count() == 1
        assert Guest.objects.get().invited_by == "Helen Marsh"
        assert PortalGrant.objects.get(client_id=family.mia, party_id=cast.people["ana"]).billing_documents


def test_viewing_as_a_parent_is_read_only_and_logged(cast, owner, family):
    response = owner.post(url(family, cast.people["ana"], "view"))
    assert response["Location"] == "/portal/"
    told = words_of(owner.get("/portal/"))
    assert "You are viewing as Ana Ortiz" in told
    assert "Hello, Ana" in told
    assert "$74.00" in words_of(owner.get("/portal/billing/"))
    for address in (
        f"appointments/{family.coming['mia']}/confirm/",
        "profile/phone/",
        "profile/language/",
        "sign-out/",
    ):
        refused = owner.post(f"/portal/{address}", {"phone": "555-0111", "language": "es"})
        assert refused.status_code == 403, address
    with cast.as_("owner"):
        assert Entry.objects.filter(action="portal.viewed_as", client_id=family.mia).count() == 1
        assert (
            Entry.objects.filter(action="portal.home_viewed").get().viewer_name == "Helen Marsh, viewing as Ana Ortiz"
        )
        assert not Guest.objects.filter(signed_in_at__isnull=False).exists()
    assert owner.post("/portal/stop-viewing/").status_code == 302
    assert owner.get("/portal/")["Location"] == "/portal/sign-in/"


def test_viewing_as_ends_with_the_members_own_session(cast, owner, family):
    owner.post(url(family, cast.people["ana"], "view"))
    owner.logout()
    owner.cookies["kinbook_portal"] = "gone"
    assert owner.get("/portal/")["Location"] == "/portal/sign-in/"


def test_the_looking_on_secret_alone_opens_nothing(cast, owner, family):
    from tests.portal.guest import Guest as Browser

    owner.post(url(family, cast.people["ana"], "view"))
    stolen = Browser(owner.cookies["kinbook_portal"].value)
    assert stolen.get("/portal/")["Location"] == "/"
    assert not Session.objects.exists()


def test_nobody_looks_on_where_a_child_is_not_theirs_and_money_only_who_may(cast, family):
    basic, scheduler = Visitor(cast, "basic"), Visitor(cast, "scheduler")
    assert basic.post(url(family, cast.people["ana"], "view")).status_code == 404
    assert scheduler.post(url(family, cast.people["ana"], "view")).status_code == 302
    told = words_of(scheduler.get("/portal/"))
    assert "$" not in told
    assert scheduler.get("/portal/billing/").status_code == 404
    assert scheduler.get(f"/portal/billing/{family.invoice['ana'].pk}/").status_code == 404


def test_settings_switch_the_portal_off_and_say_what_new_people_get(cast, owner, guest, family):
    fields = {"language": "es", "welcome": "Welcome in.", "bill_years": "5", "appointments": "on", "is_on": "on"}
    assert owner.post("/settings/client-portal/", fields).status_code == 302
    assert "Welcome in." in guest("ana").read("/portal/")
    with cast.as_("owner"):
        setting = PortalSetting.objects.get()
        assert (setting.language, setting.bill_years, setting.billing_documents) == ("es", 5, False)
    assert owner.post("/settings/client-portal/", {**fields, "is_on": "", "version": "1"}).status_code == 422
    assert owner.post("/settings/client-portal/", {**fields, "is_on": "", "version": "2"}).status_code == 302
    assert guest("ana").get("/portal/").status_code == 302
    assert owner.post(url(family), form(cast, "ana")).status_code == 422


def test_a_new_client_with_portal_access_goes_on_to_the_invitations(cast, owner):
    fields = {
        "type": "minor",
        "status": "active",
        "first_name": "Zoe",
        "last_name": "Hart",
        "contact-0-relationship": "parent",
        "contact-0-first_name": "Gil",
        "contact-0-last_name": "Hart",
        "contact-0-email": "gil@mail.example",
        "contact-0-access": "on",
        "contact-0-appointments": "on",
    }
    response = owner.post("/clients/new/", fields)
    assert response["Location"].endswith("/edit/portal/")
    assert "Gil Hart" in words_of(owner.get(response["Location"]))
