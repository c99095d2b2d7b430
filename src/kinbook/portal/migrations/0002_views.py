from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("views.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
        ("access", "0003_portal_open"),
        ("audit", "0005_seals"),
        ("invitations", "0002_protect"),
        ("invoices", "0003_planned_anew"),
        ("payments", "0003_entered_by"),
        ("people", "0004_mark"),
        ("scheduling", "0004_confirmation_protect"),
        ("team", "0002_protect"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
