CALL kinbook_protect('messaging_conversation');
CALL kinbook_protect('messaging_participant');
CALL kinbook_protect('messaging_message');
CALL kinbook_protect('messaging_seen');
CALL kinbook_protect('messaging_attachment');
CALL kinbook_protect('messaging_draft');
CALL kinbook_protect('messaging_draftfile');
CALL kinbook_protect('messaging_template');
CALL kinbook_protect('messaging_absence');
CALL kinbook_protect('messaging_familyfact');

CALL kinbook_tie('messaging_conversation', 'client_id', 'people_client');
CALL kinbook_tie('messaging_participant', 'conversation_id', 'messaging_conversation');
CALL kinbook_tie('messaging_participant', 'member_id', 'team_member');
CALL kinbook_tie('messaging_participant', 'party_id', 'people_party');
CALL kinbook_tie('messaging_message', 'conversation_id', 'messaging_conversation');
CALL kinbook_tie('messaging_message', 'client_id', 'people_client');
CALL kinbook_tie('messaging_message', 'author_member_id', 'team_member');
CALL kinbook_tie('messaging_message', 'author_party_id', 'people_party');
CALL kinbook_tie('messaging_message', 'retracts_id', 'messaging_message');
CALL kinbook_tie('messaging_seen', 'message_id', 'messaging_message');
CALL kinbook_tie('messaging_seen', 'member_id', 'team_member');
CALL kinbook_tie('messaging_seen', 'party_id', 'people_party');
CALL kinbook_tie('messaging_attachment', 'conversation_id', 'messaging_conversation');
CALL kinbook_tie('messaging_attachment', 'message_id', 'messaging_message');
CALL kinbook_tie('messaging_draft', 'conversation_id', 'messaging_conversation');
CALL kinbook_tie('messaging_draft', 'member_id', 'team_member');
CALL kinbook_tie('messaging_draft', 'party_id', 'people_party');
CALL kinbook_tie('messaging_draftfile', 'draft_id', 'messaging_draft', 'CASCADE');
CALL kinbook_tie('messaging_absence', 'member_id', 'team_member', 'CASCADE');
CALL kinbook_tie('messaging_familyfact', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('messaging_familyfact', 'one_id', 'people_party', 'CASCADE');
CALL kinbook_tie('messaging_familyfact', 'other_id', 'people_party', 'CASCADE');

CALL kinbook_append_only('messaging_message');
CALL kinbook_append_only('messaging_seen');
CALL kinbook_append_only('messaging_attachment');

-- A conversation changes only by what is said in it; who takes part is fixed, and moves their own place of reading.
REVOKE UPDATE, DELETE, TRUNCATE ON messaging_conversation, messaging_participant FROM kinbook_application;
GRANT UPDATE (read_number, read_at, noticed_number) ON messaging_participant TO kinbook_application;
