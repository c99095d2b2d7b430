"""Addresses of the portal: all that a parent or a teen can ever open."""

from __future__ import annotations

from django.urls import path

from kinbook.portal.views import bills, cards, home, link, messages, papers, passkeys, paying, profile, sign_in, visits

app_name = "portal"
urlpatterns = [
    path("portal/sign-in/", sign_in.ask, name="sign_in"),
    path("portal/sign-in/sent/", sign_in.asked, name="asked"),
    path("portal/sign-in/passkey/", passkeys.enter, name="enter_by_passkey"),
    path("portal/sign-in/passkey/ask/", passkeys.ask, name="ask_passkey"),
    path("portal/enter/<str:secret>/", sign_in.enter, name="enter"),
    path("portal/address/<str:secret>/", profile.address, name="address"),
    path("portal/sign-out/", sign_in.sign_out, name="sign_out"),
    path("portal/stop-viewing/", sign_in.stop_viewing, name="stop_viewing"),
    path("portal/", home.home, name="home"),
    path("portal/appointments/", visits.appointments, name="appointments"),
    path("portal/appointments/<uuid:visit_id>/confirm/", visits.confirm, name="confirm"),
    path("portal/messages/", messages.talks, name="talks"),
    path("portal/messages/new/", messages.begin, name="begin"),
    path("portal/messages/<uuid:talk_id>/", messages.talk, name="talk"),
    path("portal/messages/files/<uuid:file_id>/<str:secret>/", messages.file, name="file"),
    path("portal/billing/", bills.bills, name="bills"),
    path("portal/billing/pay/", paying.pay_all, name="pay_all"),
    path("portal/billing/cards/", cards.cards, name="cards"),
    path("portal/billing/cards/new/", cards.new, name="new_card"),
    path("portal/billing/cards/set-up/", cards.set_up, name="set_up_card"),
    path("portal/billing/cards/<uuid:card_id>/", cards.nickname, name="nickname"),
    path("portal/billing/cards/<uuid:card_id>/remove/", cards.remove, name="remove_card"),
    path("portal/billing/autopay/<uuid:client_id>/", cards.autopay, name="autopay"),
    path("portal/billing/<uuid:invoice_id>/", bills.bill, name="bill"),
    path("portal/billing/<uuid:invoice_id>/pay/", paying.pay, name="pay"),
    path("pay/<str:secret>/", link.pay, name="pay_link"),
    path("pay/<str:secret>/set-up/", link.set_up, name="pay_link_set_up"),
    path("portal/billing/<uuid:invoice_id>/pdf/", bills.paper, name="paper"),
    path("portal/billing/payments/<uuid:payment_id>/receipt/", papers.receipt, name="receipt"),
    path("portal/billing/years/<int:year>/", papers.year, name="year"),
    path("portal/documents/<uuid:paper_id>/", papers.paper, name="document"),
    path("portal/documents/<uuid:paper_id>/pdf/", papers.pdf, name="document_pdf"),
    path("portal/paper/<str:secret>/", papers.by_link, name="by_link"),
    path("portal/profile/", profile.profile, name="profile"),
    path("portal/profile/phone/", profile.phone, name="phone"),
    path("portal/profile/language/", profile.language, name="language"),
    path("portal/profile/email/", profile.email, name="email"),
    path("portal/profile/guardians/<uuid:guardian_id>/keep/", profile.keep_guardian, name="keep"),
    path("portal/profile/guardians/<uuid:guardian_id>/keep/end/", profile.end_guardian, name="end_kept"),
    path("portal/profile/passkeys/", passkeys.add, name="add_passkey"),
    path("portal/profile/passkeys/ask/", passkeys.ask_to_add, name="ask_to_add_passkey"),
    path("portal/profile/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="remove_passkey"),
]
