CALL kinbook_protect('invoices_latefee');
CALL kinbook_append_only('invoices_latefee');
CALL kinbook_tie('invoices_latefee', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('invoices_latefee', 'charge_id', 'whopays_charge');
