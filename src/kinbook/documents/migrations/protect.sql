CALL kinbook_protect('documents_document');
CALL kinbook_protect('documents_documentclient');
CALL kinbook_append_only('documents_document');
CALL kinbook_append_only('documents_documentclient');
CALL kinbook_tie('documents_document', 'payer_id', 'people_party');
CALL kinbook_tie('documents_document', 'client_id', 'people_client');
CALL kinbook_tie('documents_documentclient', 'document_id', 'documents_document');
CALL kinbook_tie('documents_documentclient', 'client_id', 'people_client');
