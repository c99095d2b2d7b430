CALL kinbook_protect('practice_location');
CALL kinbook_protect('practice_service');
