CALL kinbook_protect('scheduling_series');
CALL kinbook_protect('scheduling_appointment');
CALL kinbook_protect('scheduling_timeoff');

CALL kinbook_tie('scheduling_appointment', 'client_id', 'people_client');
CALL kinbook_tie('scheduling_appointment', 'clinician_id', 'team_member');
CALL kinbook_tie('scheduling_appointment', 'service_id', 'practice_service');
CALL kinbook_tie('scheduling_appointment', 'location_id', 'practice_location');
CALL kinbook_tie('scheduling_appointment', 'series_id', 'scheduling_series');
CALL kinbook_tie('scheduling_timeoff', 'member_id', 'team_member', 'CASCADE');
