CALL kinbook_protect('messaging_newdraft');
CALL kinbook_tie('messaging_newdraft', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('messaging_newdraft', 'member_id', 'team_member', 'CASCADE');
