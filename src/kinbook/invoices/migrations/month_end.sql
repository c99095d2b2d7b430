CALL kinbook_protect('invoices_payerterms');
CALL kinbook_protect('invoices_reminderpause');
CALL kinbook_protect('invoices_mailing');
CALL kinbook_protect('invoices_mailingitem');

CALL kinbook_tie('invoices_payerterms', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_tie('invoices_reminderpause', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_tie('invoices_mailingitem', 'mailing_id', 'invoices_mailing', 'CASCADE');
CALL kinbook_tie('invoices_mailingitem', 'payer_id', 'people_party');
CALL kinbook_tie('invoices_mailingitem', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_runstep', 'payer_id', 'people_party');
