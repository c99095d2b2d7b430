"""Every address with what it needs: one line each. What a role gets there follows from `rights`.

address, methods, needs. In an address `<…_id>` is a thing that is the viewer's own, another member's, another
practice's, or nothing at all; so is `{…_id}` in a query or a body. What a query names and the viewer may not know of
is answered as if it were not there. Needs is an action of `rights`, or

  member   whoever is signed in
  open     everybody, signed in or not
  nothing  nobody: there is nothing, or it is there in the demo only
  nowhere  nobody, and only who shows a token is told so
  over     nobody any more: everybody is sent to sign in
  family   who is signed in to the portal; everybody else, the team too, is sent to its door (tests/portal)
"""

PAGES = """
healthz                                                         GET       open
readyz                                                          GET       open

account/sign-in/                                                GET,POST  open
account/sign-out/                                               GET       open
account/password/                                               GET,POST  open
account/password/asked/                                         GET       open
account/password/<plain:uidb36>-<key>/                          GET       open
account/password/done/                                          GET       open
account/inactive/                                               GET       open
account/second-step/                                            GET,POST  over
account/passkey/options/                                        POST      open
account/passkey/                                                POST      open
account/stay/                                                   GET,POST  open
account/sign-up/                                                GET,POST  open
invitation/<str:secret>/                                        GET,POST  nothing
e-mail/<str:secret>/                                            GET,POST  nothing
set-up/                                                         GET,POST  over
demo/enter/                                                     POST      nothing
demo/enter-portal/                                              POST      nothing
demo/outbox                                                     GET       nothing
demo/outbox.json                                                GET       nothing

portal/sign-in/                                                 GET,POST  open
portal/sign-in/sent/                                            GET       open
portal/sign-in/passkey/                                         POST      open
portal/sign-in/passkey/ask/                                     POST      open
portal/enter/<str:secret>/                                      GET,POST  open
portal/address/<str:secret>/                                    GET,POST  open
portal/sign-out/                                                POST      family
portal/stop-viewing/                                            POST      family
portal/                                                         GET       family
portal/appointments/                                            GET       family
portal/appointments/<uuid:visit_id>/confirm/                    POST      family
portal/messages/                                                GET       family
portal/messages/new/                                            GET,POST  family
portal/messages/<uuid:talk_id>/                                 GET,POST  family
portal/messages/files/<uuid:file_id>/<str:secret>/              GET       family
portal/billing/                                                 GET       family
portal/billing/<uuid:invoice_id>/                               GET       family
portal/billing/<uuid:invoice_id>/pdf/                           GET       family
portal/billing/<uuid:invoice_id>/pay/                           GET,POST  family
portal/billing/pay/                                             GET,POST  family
portal/billing/cards/                                           GET       family
portal/billing/cards/new/                                       GET,POST  family
portal/billing/cards/set-up/                                    POST      family
portal/billing/cards/<uuid:card_id>/                            POST      family
portal/billing/cards/<uuid:card_id>/remove/                     POST      family
portal/billing/autopay/<uuid:client_id>/                        POST      family
pay/<str:secret>/                                               GET,POST  open
pay/<str:secret>/set-up/                                        POST      open
portal/billing/payments/<uuid:payment_id>/receipt/              GET       family
portal/billing/years/<int:year>/                                GET       family
portal/documents/<uuid:paper_id>/                               GET       family
portal/documents/<uuid:paper_id>/pdf/                           GET       family
portal/paper/<str:secret>/                                      GET,POST  open
portal/profile/                                                 GET       family
portal/profile/phone/                                           POST      family
portal/profile/language/                                        POST      family
portal/profile/email/                                           POST      family
portal/profile/guardians/<uuid:guardian_id>/keep/                  POST      family
portal/profile/guardians/<uuid:guardian_id>/keep/end/              POST      family
portal/profile/passkeys/                                        POST      family
portal/profile/passkeys/ask/                                    POST      family
portal/profile/passkeys/<uuid:passkey_id>/remove/               POST      family

(start)                                                         GET       member
search/                                                         GET       member
search/?q=zebedee                                               GET       member
settings/                                                       GET       member
settings/account/                                               GET       member
settings/account/password/                                      GET,POST  account:own
settings/account/e-mail/                                        GET,POST  account:own
settings/account/e-mail/stop/                                   POST      account:own
settings/account/sign-ins/end/                                  POST      account:own
settings/account/sign-ins/<uuid:sign_in_id>/end/                POST      account:own
settings/account/second-step/                                   GET       account:own
settings/account/second-step/app/                               GET,POST  account:own
settings/account/second-step/passkey/                           GET,POST  account:own
settings/account/second-step/passkey/options/                   POST      account:own
settings/account/second-step/codes/                             GET,POST  account:own
settings/account/second-step/<uuid:factor_id>/remove/           POST      account:own
settings/signing-in/                                            GET,POST  settings:practice
settings/team/<uuid:member_id>/e-mail/                          GET,POST  team:manage
settings/team/<uuid:member_id>/second-step/                     POST      team:manage
settings/practice/                                              GET,POST  settings:practice
settings/locations/                                             GET       settings:practice
settings/locations/new/                                         GET,POST  settings:practice
settings/locations/<uuid:location_id>/                          GET,POST  settings:practice
settings/services/                                              GET       settings:practice
settings/services/new/                                          GET,POST  settings:practice
settings/services/<uuid:service_id>/                            GET,POST  settings:practice
settings/products/                                              GET       settings:practice
settings/products/new/                                          GET,POST  settings:practice
settings/products/<uuid:product_id>/                            GET,POST  settings:practice
settings/client-billing/                                        GET,POST  settings:billing
settings/integrations/                                          GET,POST  settings:practice
settings/integrations/test/                                     POST      settings:practice
settings/integrations/remove/                                   POST      settings:practice
settings/client-billing/letterhead/                             GET,POST  settings:billing
settings/client-billing/letterhead/sample/                      GET       settings:billing
settings/team/<uuid:member_id>/access/                          GET       team:manage
settings/team/<uuid:member_id>/roles/                           GET,POST  team:manage
settings/team/roles/<uuid:role_id>/end/                         POST      team:manage
settings/team/<uuid:member_id>/permissions/                     GET,POST  team:manage
settings/team/permissions/<uuid:permission_id>/end/             POST      team:manage
settings/team/<uuid:member_id>/hand-over/                       GET,POST  team:manage
settings/closed-records/                                        GET       emergency:open
settings/closed-records/<uuid:restriction_id>/                  GET,POST  emergency:open
settings/client-portal/                                         GET,POST  settings:practice
settings/audit-log/                                             GET       audit:own
settings/audit-log/?client={client_id}                          GET       audit:own
settings/audit-log/head/                                        POST      settings:practice
settings/audit-log/csv/                                         GET       audit:all
settings/audit-log/verify/                                      POST      audit:all
settings/team/                                                  GET       team:manage
settings/team/new/                                              GET,POST  team:manage
settings/team/<uuid:member_id>/                                 GET,POST  team:manage
settings/team/<uuid:member_id>/invite/                          POST      team:manage
settings/team/<uuid:member_id>/leave/                           POST      team:manage
settings/messages/                                              GET,POST  settings:practice
settings/messages/templates/new/                                GET,POST  settings:practice
settings/messages/templates/<uuid:template_id>/                 GET,POST  settings:practice
settings/messages/templates/<uuid:template_id>/remove/          POST      settings:practice
settings/tokens/                                                GET,POST  token:own
settings/tokens/<uuid:token_id>/revoke/                         POST      token:own
settings/import/                                                GET,POST  data:import
settings/import/held/                                           GET       data:import
settings/import/held/<uuid:held_id>/complete/                   GET,POST  data:import
settings/import/held/<uuid:held_id>/drop/                       POST      data:import
settings/import/held/<uuid:held_id>/restore/                    POST      data:import
settings/import/<uuid:import_id>/                               GET       data:import
settings/import/<uuid:import_id>/check/                         POST      data:import
settings/import/<uuid:import_id>/columns/                       GET,POST  data:import
settings/import/<uuid:import_id>/discard/                       POST      data:import
settings/import/<uuid:import_id>/progress/                      GET       data:import
settings/import/<uuid:import_id>/run/                           POST      data:import
settings/import/<uuid:import_id>/to-mend/                       GET       data:import

clients/                                                        GET       client:list
clients/?status=all                                             GET       client:list
clients/?status=contacts                                        GET       client:list
clients/new/                                                    GET,POST  client:create
clients/new/who-pays/                                           POST      client:create
clients/new/choose/                                             GET       client:list
clients/<uuid:client_id>/                                       GET       client:open
clients/<uuid:client_id>/access/                                GET       client:open
clients/<uuid:client_id>/access/close/                          GET,POST  client:close
clients/<uuid:client_id>/access/share/                          GET,POST  client:assign
clients/<uuid:client_id>/access/reopen/                         POST      client:close
clients/<uuid:client_id>/access/emergency/                      GET,POST  emergency:open
clients/<uuid:client_id>/access/emergency/over/                 POST      emergency:open
clients/<uuid:client_id>/billing/                               GET       amounts:see
clients/<uuid:client_id>/billing/charge/                        GET,POST  invoice:create
clients/<uuid:client_id>/edit/                                  GET       client:open
clients/<uuid:client_id>/edit/                                  POST      client:edit
clients/<uuid:client_id>/edit/clinicians/                       GET       client:open
clients/<uuid:client_id>/edit/clinicians/                       POST      client:assign
clients/<uuid:client_id>/edit/reminders/                        GET       client:open
clients/<uuid:client_id>/edit/reminders/                        POST      contact:edit
clients/<uuid:client_id>/edit/contacts/                         GET       client:open
clients/<uuid:client_id>/edit/contacts/new/                     GET,POST  contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/       GET,POST  contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/          GET,POST  contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/changes/  POST      contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/reminders/       GET,POST  contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/remove/          POST      contact:edit
clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/restore/         POST      contact:edit
clients/<uuid:client_id>/edit/portal/                           GET       client:open
clients/<uuid:client_id>/edit/portal/                           POST      contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/invite/    POST      contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/suspend/   GET,POST  contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/lift/      POST      contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/keep/          POST      contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/keep/end/      POST      contact:edit
clients/<uuid:client_id>/edit/portal/<uuid:party_id>/view/      POST      client:open
clients/<uuid:client_id>/edit/billing/                          GET       client:open
clients/<uuid:client_id>/edit/billing/                          POST      who_pays:change
clients/<uuid:client_id>/edit/billing/preview/                  POST      client:open
clients/<uuid:client_id>/edit/billing/end/                      POST      who_pays:change
clients/<uuid:client_id>/edit/billing/order/                    GET       amounts:see
clients/<uuid:client_id>/edit/billing/order/                    POST      who_pays:change
clients/<uuid:client_id>/edit/billing/order/full-fee/           POST      who_pays:change
clients/<uuid:client_id>/edit/billing/order/<uuid:order_id>/end/       POST  who_pays:change
clients/<uuid:client_id>/edit/billing/order/<uuid:order_id>/take-off/  POST  who_pays:change
clients/<uuid:client_id>/edit/billing/invoicing/                POST      who_pays:change
clients/<uuid:client_id>/edit/billing/third-parties/new/        GET,POST  who_pays:change
clients/<uuid:client_id>/edit/billing/third-parties/<uuid:coverage_id>/ GET,POST who_pays:change
clients/<uuid:client_id>/edit/billing/third-parties/<uuid:coverage_id>/end/ POST who_pays:change
clients/<uuid:client_id>/edit/billing/third-parties/<uuid:coverage_id>/remove/ POST who_pays:change

messages/                                                       GET       messages:see
messages/?client={client_id}&show=unread                        GET       messages:see
messages/?search=zebedee                                        GET       messages:see
messages/templates/                                             GET       messages:send
messages/new/                                                   GET       messages:send
messages/new/?client={client_id}                                GET       messages:send
messages/new/?client={client_id}                                POST      messages:send
messages/new/draft/?client={client_id}                              POST      messages:send
messages/new/draft/<uuid:client_id>/discard/                        POST      messages:send
messages/new/clients/?search=zeb                                GET       messages:send
messages/away/                                                  GET,POST  messages:send
messages/away/end/                                              POST      messages:send
messages/later/<uuid:draft_id>/undo/                            POST      message:own
messages/said/<uuid:message_id>/retract/                        GET,POST  message:own
messages/file/<uuid:attachment_id>/<str:file_secret>/           GET       messages:see
messages/<uuid:conversation_id>/                                GET       messages:see
messages/<uuid:conversation_id>/earlier/                        GET       messages:see
messages/<uuid:conversation_id>/send/                           POST      messages:send
messages/<uuid:conversation_id>/draft/                          POST      messages:send
messages/<uuid:conversation_id>/files/                          POST      messages:send
messages/<uuid:conversation_id>/files/<uuid:file_id>/drop/      POST      messages:send
messages/<uuid:conversation_id>/later/                          POST      messages:send
clients/<uuid:client_id>/messages/                              GET       messages:see
clients/<uuid:client_id>/messages/pdf/                          GET       messages:see
clients/<uuid:client_id>/messages/json/                         GET       messages:see
clients/<uuid:client_id>/edit/diagnoses/                        GET       treats:see
clients/<uuid:client_id>/edit/diagnoses/                        POST      treats:edit
clients/<uuid:client_id>/edit/diagnoses/<uuid:diagnosis_id>/end/     POST  treats:edit
clients/<uuid:client_id>/edit/diagnoses/<uuid:diagnosis_id>/remove/  POST  treats:edit
clients/<uuid:client_id>/edit/messages/                         GET       client:open
clients/<uuid:client_id>/edit/messages/                         POST      client:edit
clients/<uuid:client_id>/edit/messages/facts/                   POST      client:edit
clients/<uuid:client_id>/edit/messages/facts/<uuid:fact_id>/end/  POST    client:edit

people/choose/?q=ana                                            GET       client:list
people/choose/?party={party_id}                                 GET       client:list
people/<uuid:party_id>/                                         GET       client:open
people/<uuid:party_id>/edit/                                    GET,POST  contact:edit
people/<uuid:party_id>/merge/                                   GET,POST  people:merge
people/<uuid:party_id>/separate/                                POST      people:merge

calendar/?view=month&date=2026-11-18&clinician=all              GET       calendar:see
calendar/events/?start=2026-11-01&end=2026-12-01                GET       calendar:see
calendar/clients/?search=zeb                                    GET       calendar:edit
calendar/clients/?client={client_id}                            GET       calendar:edit
calendar/new/                                                   GET       calendar:edit
calendar/new/?client={client_id}                                GET       calendar:edit
calendar/new/?client={client_id}                                POST      calendar:edit
calendar/conflicts/                                             POST      calendar:edit
calendar/time-off/new/                                          GET,POST  calendar:edit
calendar/time-off/<uuid:time_off_id>/                           GET       calendar:see
calendar/time-off/<uuid:time_off_id>/remove/                    POST      calendar:edit
calendar/<uuid:appointment_id>/                                 GET       calendar:names
calendar/<uuid:appointment_id>/edit/                            GET,POST  calendar:edit
calendar/<uuid:appointment_id>/move/                            POST      calendar:edit
calendar/<uuid:appointment_id>/status/                          POST      calendar:edit
calendar/<uuid:appointment_id>/payer/                           POST      who_pays:change
calendar/<uuid:appointment_id>/split/                           POST      who_pays:change
calendar/<uuid:appointment_id>/remove/                          GET,POST  calendar:edit
calendar/<uuid:appointment_id>/fee/                             GET,POST  invoice:void

billing/                                                        GET       amounts:see
billing/?show=uninvoiced                                        GET       amounts:see
billing/invoices/                                               GET       amounts:see
billing/invoices/create/                                        GET,POST  invoice:create
billing/invoices/create/?client={client_id}                     GET,POST  invoice:create
billing/invoices/send/                                          GET,POST  invoice:send
billing/remind/                                                 GET,POST  invoice:send
billing/mailings/<uuid:mailing_id>/                             GET       invoice:send
billing/mailings/<uuid:mailing_id>/progress/                    GET       invoice:send
billing/mailings/<uuid:mailing_id>/pause/                       POST      invoice:send
billing/mailings/<uuid:mailing_id>/resume/                      POST      invoice:send
billing/mailings/<uuid:mailing_id>/stop/                        POST      invoice:send
billing/invoices/<uuid:invoice_id>/                             GET       amounts:see
billing/invoices/<uuid:invoice_id>/pdf/                         GET       amounts:see
billing/invoices/<uuid:invoice_id>/send/                        GET,POST  invoice:send
billing/invoices/<uuid:invoice_id>/charge/                      GET,POST  payment:add
billing/invoices/<uuid:invoice_id>/charges/                     GET       amounts:see
billing/invoices/<uuid:invoice_id>/void/                        GET,POST  invoice:void
billing/invoices/<uuid:invoice_id>/recreate/                    POST      invoice:create
billing/invoices/<uuid:invoice_id>/write-off/                   GET,POST  write_off:add
billing/invoices/<uuid:invoice_id>/write-off/undo/              POST      write_off:add
billing/invoices/<uuid:invoice_id>/credit/                      GET,POST  write_off:add
billing/credit-notes/<uuid:credit_note_id>/pdf/                 GET       amounts:see
billing/invoices/<uuid:invoice_id>/re-address/                  GET,POST  invoice:readdress
billing/invoices/<uuid:invoice_id>/re-address/preview/          POST      invoice:readdress
billing/runs/<uuid:run_id>/                                     GET       invoice:create
billing/runs/<uuid:run_id>/progress/                            GET       invoice:create
billing/runs/<uuid:run_id>/pause/                               POST      invoice:create
billing/runs/<uuid:run_id>/resume/                              POST      invoice:create
billing/runs/<uuid:run_id>/void/                                POST      run:void
billing/charges/<uuid:charge_id>/invoice/                       POST      invoice:create
billing/payments/                                               GET       amounts:see
billing/payments/new/?client={client_id}                        GET,POST  payment:add
billing/payments/new/?payer={party_id}                          GET       payment:add
billing/payments/new/?invoice={invoice_id}                      GET       payment:add
billing/payments/<uuid:payment_id>/                             GET       amounts:see
billing/payments/<uuid:payment_id>/refund/                      GET,POST  payment:refund
billing/payments/<uuid:payment_id>/reverse/                     GET,POST  payment:reverse
billing/late-fees/                                              GET,POST  settings:billing
billing/periods/                                                GET       period:close
billing/periods/<month:month>/close/                            POST      period:close
billing/periods/<month:month>/reopen/                           GET,POST  period:reopen
billing/payers/<uuid:party_id>/                                 GET       amounts:see
billing/payers/<uuid:party_id>/apply/                           POST      payment:add
billing/payers/<uuid:party_id>/cards/                           GET       payment:add
billing/payers/<uuid:party_id>/cards/new/                       GET,POST  payment:add
billing/payers/<uuid:party_id>/cards/set-up/                    POST      payment:add
billing/payers/<uuid:party_id>/autopay/<uuid:client_id>/        POST      payment:add
billing/cards/<uuid:card_id>/                                   GET,POST  payment:add
billing/cards/<uuid:card_id>/remove/                            POST      payment:add
billing/card-charges/<uuid:card_charge_id>/again/               POST      payment:add
billing/card-charges/<uuid:card_charge_id>/answer/              POST      payment:add
billing/payments/<uuid:payment_id>/card/                        GET       amounts:see
billing/payments/<uuid:card_payment_id>/refund-to-card/         GET,POST  payment:refund
billing/card-refunds/<uuid:card_refund_id>/answer/              POST      payment:refund
billing/disputes/<uuid:dispute_id>/answer/                      POST      payment:refund
billing/autopay/                                                GET,POST  amounts:see!
webhooks/stripe/<uuid:practice_id>/                             POST      open
billing/documents/                                              GET       amounts:see
billing/documents/?payer={party_id}                             GET       amounts:see
billing/documents/statement/?client={client_id}                 GET,POST  document:make
billing/documents/statement/?payer={party_id}                   GET       document:make
billing/documents/superbill/?client={client_id}                 GET,POST  document:make
billing/documents/<uuid:document_id>/                           GET       amounts:see
billing/documents/<uuid:document_id>/pdf/                       GET       amounts:see
billing/documents/<uuid:document_id>/approve/                   POST      document:send
billing/documents/<uuid:document_id>/send/                      GET,POST  document:send
billing/documents/statements/                                   GET,POST  document:make
billing/documents/estimate/?client={client_id}                  GET,POST  document:make
billing/documents/proof/?client={client_id}                     GET,POST  document:make
billing/documents/tax-year/?payer={party_id}                    GET,POST  document:make
billing/payments/<uuid:payment_id>/receipt/                     POST      document:make
billing/documents/runs/<uuid:statement_run_id>/                 GET       amounts:see
billing/documents/runs/<uuid:statement_run_id>/progress/        GET       amounts:see
billing/documents/runs/<uuid:statement_run_id>/pause/           POST      amounts:see
billing/documents/runs/<uuid:statement_run_id>/resume/          POST      amounts:see
billing/payers/<uuid:organization_id>/terms/                    GET,POST  settings:billing
billing/payers/<uuid:party_id>/remind/                          POST      invoice:send
billing/payers/<uuid:party_id>/pause/                           GET,POST  invoice:send
billing/payers/<uuid:party_id>/resume/                          POST      invoice:send
clients/<uuid:client_id>/edit/billing/sliding-fee/              GET,POST  write_off:add
clients/<uuid:client_id>/edit/billing/sliding-fee/<uuid:discount_id>/end/  POST  write_off:add
charges/<uuid:charge_id>/discount/                              GET,POST  write_off:add
charges/<uuid:charge_id>/payer/                                 GET       amounts:see
charges/<uuid:charge_id>/payer/                                 POST      who_pays:change

reports/                                                        GET       reports:see
reports/export/                                                 GET       journal:see!
reports/export/file/                                            GET       journal:see!
reports/<str:name>/                                             GET       reports:see
reports/<str:name>/csv/                                         GET       reports:see
"""

API = """
openapi.json                                                    GET       open
docs                                                            GET       open
^.*$                                                            GET       nowhere

clients                                                         GET       client:list
clients?search=zebedee                                          GET       client:list
clients                                                         POST      client:create
clients/<client_id>                                             GET       client:open
clients/<client_id>                                             PATCH     client:edit
clients/<client_id>/contacts                                    GET       client:open
clients/<client_id>/contacts                                    POST      contact:edit
clients/<client_id>/contacts/<contact_id>                       GET       client:open
clients/<client_id>/contacts/<contact_id>                       PATCH     contact:edit
clients/<client_id>/portal                                      GET       client:open
clients/<client_id>/portal/<person_id>/invite                   POST      contact:edit
clients/<client_id>/portal/<person_id>/suspend                  POST      contact:edit
clients/<client_id>/portal/<person_id>/lift                     POST      contact:edit
clients/<client_id>/portal/<person_id>/kept                     PUT,DELETE contact:edit
clients/<client_id>/arrangements                                GET       amounts:see
clients/<client_id>/arrangements                                POST      who_pays:change
clients/<client_id>/coverages                                   GET       amounts:see
clients/<client_id>/coverages                                   POST      who_pays:change
clients/<client_id>/coverages/<coverage_id>                     GET       amounts:see
clients/<client_id>/coverages/<coverage_id>                     PATCH     who_pays:change
clients/<client_id>/coverages/<coverage_id>                     DELETE    who_pays:change
clients/<client_id>/discounts                                   GET       amounts:see
clients/<client_id>/discounts                                   POST      write_off:add
clients/<client_id>/discounts/<discount_id>                     DELETE    write_off:add
charges/<charge_id>/discount                                    PUT       write_off:add
charges/<charge_id>/discount                                    DELETE    write_off:add
organizations                                                   GET       client:open
organizations                                                   POST      contact:edit
organizations/<organization_id>                                 GET       client:open
organizations/<organization_id>                                 PATCH     settings:billing
clients/<client_id>/who-pays?from=2026-11-01&to=2026-11-30      GET       amounts:see
practice                                                        GET       member
locations                                                       GET       member
services                                                        GET       member
services                                                        POST      settings:practice
services/<service_id>                                           GET       member
services/<service_id>                                           PATCH     settings:practice
products                                                        GET       member
products                                                        POST      settings:practice
products/<product_id>                                           GET       member
products/<product_id>                                           PATCH     settings:practice
appointments                                                    GET       calendar:see
appointments                                                    POST      calendar:edit
appointments/<appointment_id>                                   GET       calendar:names
appointments/<appointment_id>                                   PATCH     calendar:edit
appointments/<appointment_id>                                   DELETE    calendar:edit
appointments/<appointment_id>/payer                             PUT       who_pays:change
appointments/<appointment_id>/payer                             DELETE    who_pays:change
charges                                                         GET       amounts:see
charges?client_id={client_id}                                   GET       amounts:see
charges                                                         POST      invoice:create
charges/<charge_id>                                             GET       amounts:see
invoices/preview                                                POST      invoice:create
invoices                                                        POST      invoice:create
invoices                                                        GET       amounts:see
invoices?client_id={client_id}                                  GET       amounts:see
invoices?payer_id={payer_id}                                    GET       amounts:see
jobs/<job_id>                                                   GET       amounts:see
mailings/preview                                                POST      invoice:send
mailings                                                        POST      invoice:send
mailings/<mailing_id>                                           GET       invoice:send
mailings/<mailing_id>/pause                                     POST      invoice:send
mailings/<mailing_id>/resume                                    POST      invoice:send
mailings/<mailing_id>/stop                                      POST      invoice:send
payers/<payer_id>/reminders                                     GET       amounts:see
payers/<payer_id>/remind                                        POST      invoice:send
payers/<payer_id>/reminders/pause                               PUT       invoice:send
payers/<payer_id>/reminders/pause                               DELETE    invoice:send
work-list                                                       GET       amounts:see
work-list/rows?kind=uninvoiced                                  GET       amounts:see
practice/billing                                                GET       settings:billing
practice/billing                                                PATCH     settings:billing
clients/<client_id>/invoicing                                   GET       amounts:see
clients/<client_id>/invoicing                                   PUT       who_pays:change
invoices/<invoice_id>                                           GET       amounts:see
invoices/<invoice_id>.pdf                                       GET       amounts:see
invoices/<invoice_id>/void                                      POST      invoice:void
invoices/<invoice_id>/recreate                                  POST      invoice:create
invoices/<invoice_id>/send                                      POST      invoice:send
invoices/<invoice_id>/readdress                                 POST      invoice:readdress
payments                                                        GET       amounts:see
payments?payer_id={payer_id}                                    GET       amounts:see
payments?client_id={client_id}                                  GET       amounts:see
payments                                                        POST      payment:add
payments/<payment_id>                                           GET       amounts:see
payments/<payment_id>/allocations                               POST      payment:add
payments/<payment_id>/refunds                                   POST      payment:refund
payments/<payment_id>/reverse                                   POST      payment:reverse
write-offs                                                      POST      write_off:add
credit-notes                                                    POST      write_off:add
credit-notes                                                    GET       amounts:see
credit-notes?client_id={client_id}                              GET       amounts:see
credit-notes?payer_id={payer_id}                                GET       amounts:see
credit-notes/<credit_note_id>                                   GET       amounts:see
credit-notes/<credit_note_id>.pdf                               GET       amounts:see
payers/<payer_id>/balance                                       GET       amounts:see
statements                                                      POST      document:make
superbills                                                      POST      document:make
proofs-of-expense                                               POST      document:make
receipts                                                        POST      document:make
tax-year-summaries                                              POST      document:make
estimates                                                       POST      document:make
documents                                                       GET       amounts:see
documents?client_id={client_id}                                 GET       amounts:see
documents?payer_id={payer_id}                                   GET       amounts:see
documents/<document_id>                                         GET       amounts:see
documents/<document_id>.pdf                                     GET       amounts:see
documents/<document_id>/approve                                 POST      document:send
documents/<document_id>/send                                    POST      document:send
periods                                                         GET       period:close
periods                                                         POST      period:close
periods/<month>/reopen                                          POST      period:reopen
payers/<payer_id>/cards                                         GET       payment:add
payers/<payer_id>/cards                                         POST      payment:add
payers/<payer_id>/card-set-ups                                  POST      payment:add
payers/<payer_id>/cards/<card_id>                               DELETE    payment:add
payers/<payer_id>/autopay                                       PUT       payment:add
payers/<payer_id>/autopay?client_id={client_id}                 DELETE    payment:add
card-charges/<card_charge_id>                                   GET       amounts:see
journal                                                         GET       journal:see
journal?client_id={client_id}                                   GET       journal:see
journal?payer_id={payer_id}                                     GET       journal:see
journal.beancount                                               GET       journal:see!
journal.csv?format=quickbooks                                   GET       journal:see!
reports                                                         GET       reports:see
reports/<name>                                                  GET       reports:see
reports/<name>.csv                                              GET       reports:see
conversations                                                   GET       messages:see
conversations?client_id={client_id}                             GET       messages:see
conversations                                                   POST      messages:send
conversations/<conversation_id>                                 GET       messages:see
conversations/<conversation_id>/messages                        GET       messages:see
conversations/<conversation_id>/messages                        POST      messages:send
conversations/<conversation_id>/read                            POST      messages:send
messages/<message_id>/retract                                   POST      message:own
drafts                                                          GET       messages:send
conversations/<conversation_id>/draft                           PUT,DELETE messages:send
clients/<client_id>/draft                                       PUT,DELETE messages:send
message-templates                                               GET       messages:send
message-templates                                               POST      settings:practice
message-templates/<template_id>                                 GET,PATCH,DELETE settings:practice
attachments/<attachment_id>/<file_secret>                       GET       messages:see
clients/<client_id>/transcript                                  GET       messages:see
clients/<client_id>/transcript.pdf                              GET       messages:see
clients/<client_id>/transcript.json                             GET       messages:see
members                                                         GET       member
members                                                         POST      team:manage
members/<member_id>                                             GET       member
members/<member_id>                                             PATCH     team:manage
members/<member_id>/rights                                      GET       team:manage
members/<member_id>/roles                                       GET       team:manage
members/<member_id>/roles                                       POST      team:manage
members/<member_id>/permissions                                 GET       team:manage
members/<member_id>/permissions                                 POST      team:manage
members/<member_id>/hand-over                                   POST      team:manage
roles/<role_id>                                                 DELETE    team:manage
permissions/<permission_id>                                     DELETE    team:manage
clients/<client_id>/openers                                     GET       client:open
clients/<client_id>/restriction                                 PUT       client:close
clients/<client_id>/restriction                                 DELETE    client:close
clients/<client_id>/emergency                                   POST      emergency:open
clients/<client_id>/emergency                                   DELETE    emergency:open
restrictions                                                    GET       emergency:open
restrictions/<restriction_id>/emergency                         POST      emergency:open
audit                                                           GET       audit:own
audit?client_id={client_id}                                     GET       audit:own
audit/verify                                                    GET       audit:all
"""

BODIES = {
    "clients/<uuid:client_id>/access/share/": "member_id={sharer_id}&starts_on=2036-11-18",
    "settings/audit-log/head/": "email=lawyer@outside.example",
    "settings/team/<uuid:member_id>/roles/": "role=supervisor",
    "settings/team/<uuid:member_id>/permissions/": "action=amounts:see&scope=all&note=Stands+in",
    "settings/team/<uuid:member_id>/hand-over/": "to={clinician_id}&on=2036-11-18&leaves=leaves&confirmed=yes",
    "clients/<uuid:client_id>/access/close/": "kind=all_but_named&reason=A+colleague&members={clinician_id}",
    "clients/<uuid:client_id>/access/emergency/": "reason=In+danger",
    "settings/closed-records/<uuid:restriction_id>/": "reason=In+danger",
    "settings/practice/": "name=Harbor+Lane&time_zone=America/New_York&week_starts_on=0&language=en&reminder_hours=48",
    "settings/locations/new/": "name=Room+9",
    "settings/locations/<uuid:location_id>/": "name=Room+9&is_active=on",
    "settings/services/new/": "name=Group&fee_cents=50&minutes=50",
    "settings/services/<uuid:service_id>/": "name=Group&fee_cents=50&minutes=50&is_active=on",
    "settings/products/new/": "name=Workbook&price_cents=20",
    "settings/products/<uuid:product_id>/": "name=Workbook&price_cents=20&is_active=on",
    "clients/<uuid:client_id>/billing/charge/": "kind=fee&description=Letter&amount_cents=35&date=2026-11-18",
    "settings/client-billing/letterhead/": "colour=%232f5d50",
    "settings/client-billing/": (
        "automatic_invoices=manually&terms_days=14&invoice_day=1&overdue_days=3,14"
        "&coverage_sessions=2&coverage_percent=10&coverage_days=30"
    ),
    "billing/payers/<uuid:organization_id>/terms/": "one_invoice=yes&clients_named=initials&reference=PO-7",
    "billing/payers/<uuid:party_id>/pause/": "reason=Pays+in+instalments",
    "billing/payers/<uuid:party_id>/resume/": "",
    "clients/<uuid:client_id>/edit/billing/invoicing/": "invoicing=monthly",
    "settings/team/new/": "first_name=New&last_name=Member&email=new@kinbook.example&roles=biller",
    "settings/team/<uuid:member_id>/": "first_name=New&last_name=Name&roles=biller",
    "settings/messages/": "on=on&for_new=on&notice_minutes=10",
    "settings/messages/templates/new/": "name=Welcome&body=Hello",
    "settings/messages/templates/<uuid:template_id>/": "name=Again&body=Hello",
    "messages/new/draft/": "client_id={client_id}&conversation_id=0192f000-0000-7000-8000-0000000000aa&kind=clinical&body=Hi",
    "messages/new/": "client_id={client_id}&to={party_id}&kind=clinical&body=Hello",
    "messages/away/": "starts_on=2026-12-01&last_on=2126-12-02&words=Away&emergency=Call",
    "messages/<uuid:conversation_id>/send/": "body=Hello",
    "messages/<uuid:conversation_id>/draft/": "body=Hello",
    "messages/<uuid:conversation_id>/later/": "body=Hello&send_at=2030-12-01T10:00",
    "clients/<uuid:client_id>/edit/messages/": "on=on",
    "clients/<uuid:client_id>/edit/messages/facts/": "one={party_id}&other={shared_id}&fact=together",
    "POST conversations": '{{"client_id": "{client_id}", "participants": ["{party_id}"]}}',
    "PUT conversations/<conversation_id>/draft": '{{"body": "Hello"}}',
    "PUT clients/<client_id>/draft": '{{"body": "Hello"}}',
    "POST message-templates": '{{"name": "Thanks", "body": "Thank you"}}',
    "PATCH message-templates/<template_id>": '{{"name": "Again"}}',
    "POST conversations/<conversation_id>/messages": '{{"body": "Hello"}}',
    "settings/tokens/": "label=Books",
    "settings/account/password/": "password=three+quiet+green+lamps",
    "settings/account/e-mail/": "email=new@mail.example",
    "settings/account/second-step/app/": "code=000000",
    "settings/account/second-step/passkey/": "name=Mine",
    "settings/signing-in/": "second_step=nobody&idle_minutes=15",
    "settings/team/<uuid:member_id>/e-mail/": "email=new@mail.example",
    "clients/new/": "type=adult&first_name=Nora&last_name=Hill",
    "clients/new/who-pays/": "type=adult",
    "clients/<uuid:client_id>/edit/": "client-type=minor&client-status=active&first_name=Mia&last_name=Ortiz",
    "clients/<uuid:client_id>/edit/contacts/new/": (
        "contact-0-relationship=grandparent&contact-0-first_name=Gil&contact-0-last_name=Ortiz"
    ),
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/": (
        "link-relationship=parent&first_name=Ben&last_name=Ortiz"
    ),
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/": "effective_from=2026-11-18",
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/manage/changes/": "effective_from=2026-11-18",
    "clients/<uuid:client_id>/edit/contacts/<uuid:contact_id>/reminders/": "reminders=yes",
    "clients/<uuid:client_id>/edit/billing/": "mode=single&payer={party_id}&single={party_id}&from=2026-11-18",
    "clients/<uuid:client_id>/edit/billing/third-parties/new/": (
        "organization={school_id}&covers=all&position=0&starts_on=2037-01-01"
    ),
    "clients/<uuid:client_id>/edit/billing/third-parties/<uuid:coverage_id>/": (
        "organization={cover_id}&covers=fixed&fixed_cents=80&position=0&starts_on=2037-01-01"
    ),
    "clients/<uuid:client_id>/edit/billing/third-parties/<uuid:coverage_id>/end/": "ends_on=2037-02-01",
    "clients/<uuid:client_id>/edit/billing/preview/": "mode=single&payer={party_id}&single={party_id}",
    "clients/<uuid:client_id>/edit/portal/<uuid:party_id>/suspend/": "reason=Court+order",
    "settings/client-portal/": "is_on=on&language=en&bill_years=7",
    "people/<uuid:party_id>/edit/": "first_name=Ben&last_name=Ortiz",
    "people/<uuid:party_id>/merge/": "into={child_id}",
    "calendar/new/": (
        "client_id={client_id}&clinician_id={clinician_id}&service_id={offered_id}&date=2026-11-25&time=10:00&minutes=50"
        "&status=scheduled"
    ),
    "calendar/time-off/new/": "member_id={self_id}&starts_on=2026-11-30&ends_on=2026-11-30",
    "calendar/<uuid:appointment_id>/edit/": (
        "clinician_id={clinician_id}&service_id={offered_id}&date=2026-11-25&time=10:00&minutes=50&status=scheduled"
    ),
    "calendar/<uuid:appointment_id>/move/": "start=2026-11-25T10:00",
    "calendar/<uuid:appointment_id>/status/": "status=show",
    "calendar/<uuid:appointment_id>/payer/": "payer={party_id}",
    "calendar/<uuid:appointment_id>/split/": "split-{party_id}=50&split-{shared_id}=50",
    "calendar/<uuid:appointment_id>/remove/": "scope=one",
    "billing/invoices/create/": "through=2026-11-18&group=client",
    "billing/invoices/<uuid:invoice_id>/send/": "message=Thanks",
    "billing/invoices/<uuid:invoice_id>/void/": "reason=Wrong",
    "billing/invoices/<uuid:invoice_id>/write-off/": "cents=1&reason=Hardship",
    "billing/invoices/<uuid:invoice_id>/credit/": "kind=discount&cents=1&reason=Sibling",
    "billing/invoices/<uuid:invoice_id>/re-address/": "to={shared_id}&reason=Wrong",
    "billing/invoices/<uuid:invoice_id>/re-address/preview/": "to={shared_id}",
    "billing/payments/new/": "client={client_id}&payer={party_id}&amount=10&method=check&received_on=2026-11-18",
    "billing/payments/<uuid:payment_id>/refund/": "amount=1&reason=Overpaid",
    "billing/payments/<uuid:payment_id>/reverse/": "reason=Wrong",
    "billing/payers/<uuid:party_id>/apply/": "invoice={invoice_id}",
    "billing/payers/<uuid:party_id>/autopay/<uuid:client_id>/": "card=",
    "billing/cards/<uuid:card_id>/": "nickname=Blue",
    "billing/payments/<uuid:card_payment_id>/refund-to-card/": "amount=1&reason=Overpaid",
    "billing/invoices/<uuid:invoice_id>/charge/": "card={card_id}&amount=10&token=1",
    "settings/integrations/": "publishable=pk_test_12345678&secret=sk_test_12345678",
    "billing/documents/statement/": "client={client_id}&payer={party_id}&since=2026-11-01&through=2026-11-30",
    "billing/documents/<uuid:document_id>/send/": "message=Thanks",
    "billing/documents/statements/": "since=2026-11-01&through=2026-11-30",
    "billing/documents/estimate/": "client={client_id}&payer={party_id}&since=2026-11-01&through=2026-11-30",
    "billing/documents/proof/": "client={client_id}&payer={party_id}&since=2026-11-01&through=2026-11-30",
    "clients/<uuid:client_id>/edit/billing/order/": (
        "court=Portsmouth&ordered_on=2026-01-05&starts_on=2026-02-01&proof_days=14"
        "&name-0=Ben&party-0={party_id}&percent-0=100"
    ),
    "billing/documents/tax-year/": "payer={party_id}&year=2026",
    "billing/documents/superbill/": "client={client_id}&payer={party_id}&since=2026-11-01&through=2026-11-30",
    "clients/<uuid:client_id>/edit/diagnoses/": "code=F41.1&starts_on=2026-11-01",
    "charges/<uuid:charge_id>/payer/": "payer={party_id}",
    "POST clients": '{{"type": "adult", "first_name": "Nora", "last_name": "Hill"}}',
    "PATCH clients/<client_id>": '{{"status": "inactive"}}',
    "POST clients/<client_id>/contacts": '{{"first_name": "Gil", "last_name": "Ortiz", "relationship": "other"}}',
    "PATCH clients/<client_id>/contacts/<contact_id>": '{{"emergency_contact": true}}',
    "POST clients/<client_id>/portal/<person_id>/suspend": '{{"reason": "Court order"}}',
    "POST clients/<client_id>/arrangements": '{{"rule": {{"mode": "single", "payers": ["{party_id}"]}}}}',
    "PATCH organizations/<organization_id>": '{{"invoices": "monthly"}}',
    "POST mailings/preview": '{{"kind": "remind"}}',
    "POST mailings": '{{"kind": "remind"}}',
    "PUT payers/<payer_id>/reminders/pause": '{{"reason": "Pays in instalments"}}',
    "PATCH practice/billing": '{{"terms_days": 21}}',
    "PUT clients/<client_id>/invoicing": '{{"mode": "monthly"}}',
    "PATCH clients/<client_id>/coverages/<coverage_id>": '{{"authorization": "A-2"}}',
    "POST clients/<client_id>/coverages": '{{"organization_id": "{school_id}"}}',
    "POST organizations": '{{"name": "Court of Portsmouth"}}',
    "POST services": '{{"name": "Group", "fee_cents": 5000, "minutes": 50}}',
    "PATCH services/<service_id>": '{{"name": "Group"}}',
    "POST products": '{{"name": "Workbook", "price_cents": 2000}}',
    "PATCH products/<product_id>": '{{"name": "Workbook"}}',
    "POST appointments": (
        '{{"client_id": "{client_id}", "clinician_id": "{clinician_id}", "service_id": "{offered_id}", '
        '"start": "2026-11-25T10:00:00-05:00"}}'
    ),
    "PATCH appointments/<appointment_id>": '{{"status": "show"}}',
    "PUT appointments/<appointment_id>/payer": '{{"rule": {{"mode": "single", "payers": ["{shared_id}"]}}}}',
    "POST charges": (
        '{{"client_id": "{client_id}", "kind": "fee", "description": "Letter", "amount_cents": 1000, '
        '"date": "2026-11-18"}}'
    ),
    "POST invoices/preview": '{{"client_ids": ["{client_id}"], "through": "2026-11-18"}}',
    "POST invoices": '{{"client_ids": ["{client_id}"], "through": "2026-11-18"}}',
    "POST invoices/<invoice_id>/void": '{{"reason": "Wrong"}}',
    "POST invoices/<invoice_id>/readdress": '{{"payer_id": "{shared_id}", "reason": "Wrong"}}',
    "POST payments": (
        '{{"payer_id": "{party_id}", "amount_cents": 1000, "method": "cash", "received_on": "2026-11-18", '
        '"client_id": "{client_id}"}}'
    ),
    "POST payments/<payment_id>/allocations": '{{"invoice_id": "{invoice_id}", "cents": 100}}',
    "POST payments/<payment_id>/refunds": '{{"amount_cents": 100, "reason": "Overpaid"}}',
    "POST payers/<payer_id>/cards": '{{"set_up_id": "seti_1"}}',
    "PUT payers/<payer_id>/autopay": '{{"client_id": "{client_id}", "card_id": "{card_id}"}}',
    "POST payments/<payment_id>/reverse": '{{"reason": "Wrong"}}',
    "billing/periods/<month:month>/reopen/": "reason=A+late+check",
    "POST periods": '{{"month": "2026-10"}}',
    "POST periods/<month>/reopen": '{{"reason": "A late check"}}',
    "clients/<uuid:client_id>/edit/billing/sliding-fee/": "how=percent&value=10&starts_on=2036-11-18",
    "charges/<uuid:charge_id>/discount/": "how=percent&value=10&reason=Late",
    "POST clients/<client_id>/discounts": '{{"percent": 1000, "from": "2036-11-18"}}',
    "PUT charges/<charge_id>/discount": '{{"percent": 1000, "reason": "Late"}}',
    "calendar/<uuid:appointment_id>/fee/": "fee=100&how=reissue&reason=Agreed",
    "billing/late-fees/": "late_fee_days=30&late_fee_cents=15",
    "POST credit-notes": '{{"invoice_id": "{invoice_id}", "cents": 100, "reason": "Too long"}}',
    "POST write-offs": '{{"invoice_id": "{invoice_id}", "cents": 100, "reason": "Hardship"}}',
    "POST proofs-of-expense": (
        '{{"payer_id": "{party_id}", "client_id": "{client_id}", "from": "2026-11-01", "to": "2026-11-30"}}'
    ),
    "POST receipts": '{{"payment_id": "{payment_id}"}}',
    "POST tax-year-summaries": '{{"payer_id": "{party_id}", "year": 2026}}',
    "POST estimates": (
        '{{"payer_id": "{party_id}", "client_id": "{client_id}", "from": "2026-11-01", "to": "2026-11-30"}}'
    ),
    "POST superbills": (
        '{{"payer_id": "{party_id}", "client_id": "{client_id}", "from": "2026-11-01", "to": "2026-11-30"}}'
    ),
    "POST statements": (
        '{{"payer_id": "{party_id}", "client_id": "{client_id}", "from": "2026-11-01", "to": "2026-11-30"}}'
    ),
    "POST members": (
        '{{"email": "new@kinbook.example", "first_name": "New", "last_name": "Member", "roles": ["biller"]}}'
    ),
    "POST members/<member_id>/roles": '{{"role": "supervisor"}}',
    "POST members/<member_id>/permissions": '{{"action": "amounts:see", "scope": "all", "note": "Stands in"}}',
    "POST members/<member_id>/hand-over": '{{"to_id": "{clinician_id}", "on": "2036-11-18", "leaves": true}}',
    "PUT clients/<client_id>/restriction": (
        '{{"kind": "all_but_named", "reason": "A colleague", "members": ["{clinician_id}"]}}'
    ),
    "POST clients/<client_id>/emergency": '{{"reason": "In danger"}}',
    "POST restrictions/<restriction_id>/emergency": '{{"reason": "In danger"}}',
    "PATCH members/<member_id>": '{{"first_name": "New"}}',
}
"""A body that would be taken, where an empty one would not reach the question of access."""
