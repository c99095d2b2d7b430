CALL kinbook_protect('access_permissiongrant');
CALL kinbook_protect('access_restriction');
CALL kinbook_protect('access_letin');
CALL kinbook_protect('access_emergencyaccess');

CALL kinbook_tie('access_permissiongrant', 'member_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_restriction', 'client_id', 'people_client', 'CASCADE');
CALL kinbook_tie('access_letin', 'restriction_id', 'access_restriction', 'CASCADE');
CALL kinbook_tie('access_letin', 'member_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_emergencyaccess', 'member_id', 'team_member', 'CASCADE');
CALL kinbook_tie('access_emergencyaccess', 'client_id', 'people_client', 'CASCADE');
