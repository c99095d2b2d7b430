from django.db import migrations

SQL = """
CALL kinbook_protect('scheduling_confirmation');
CALL kinbook_tie('scheduling_confirmation', 'appointment_id', 'scheduling_appointment', 'CASCADE');
CALL kinbook_tie('scheduling_confirmation', 'party_id', 'people_party', 'CASCADE');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0003_confirmation"),
        ("people", "0002_protect"),
        ("tenancy", "0003_staff_is_likely"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
