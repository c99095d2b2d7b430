CALL kinbook_protect('exchange_import');
CALL kinbook_protect('exchange_importfile');
CALL kinbook_protect('exchange_importprogress');
CALL kinbook_protect('exchange_importrow');
CALL kinbook_protect('exchange_held');
CALL kinbook_protect('exchange_source');

CALL kinbook_tie('exchange_importfile', 'file_id', 'exchange_import', 'CASCADE');
CALL kinbook_tie('exchange_importprogress', 'file_id', 'exchange_import', 'CASCADE');
CALL kinbook_tie('exchange_importrow', 'file_id', 'exchange_import', 'CASCADE');
CALL kinbook_tie('exchange_held', 'file_id', 'exchange_import');
CALL kinbook_tie('exchange_source', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_tie('exchange_source', 'held_id', 'exchange_held', 'CASCADE');
