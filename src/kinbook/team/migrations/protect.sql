CALL kinbook_protect('team_member');
