CALL kinbook_protect('api_answer');
CALL kinbook_tie('api_answer', 'member_id', 'team_member', 'CASCADE');
