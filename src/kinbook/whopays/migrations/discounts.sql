CALL kinbook_protect('whopays_discount');
CALL kinbook_tie('whopays_discount', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('whopays_discount', 'charge_id', 'whopays_charge', 'CASCADE');
