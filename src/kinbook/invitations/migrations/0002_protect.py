from django.db import migrations

SQL = """
CALL kinbook_protect('invitations_guest');
CALL kinbook_tie('invitations_guest', 'party_id', 'people_party', 'CASCADE');
CALL kinbook_protect('invitations_portalsetting');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0001_initial"),
        ("people", "0002_protect"),
        ("tenancy", "0003_staff_is_likely"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
