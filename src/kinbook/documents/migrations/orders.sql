CALL kinbook_protect('documents_courtorder');
CALL kinbook_protect('documents_orderparty');
CALL kinbook_protect('documents_approval');
CALL kinbook_append_only('documents_approval');
CALL kinbook_tie('documents_courtorder', 'client_id', 'people_client');
CALL kinbook_tie('documents_orderparty', 'order_id', 'documents_courtorder', 'CASCADE');
CALL kinbook_tie('documents_orderparty', 'party_id', 'people_party');
CALL kinbook_tie('documents_approval', 'document_id', 'documents_document');
