from pathlib import Path

from django.db import migrations

HERE = Path(__file__)
FILES = ("protect.sql", "kept.sql", "portal.sql", "search.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_initial"),
        ("access", "0004_portal_messages"),
        ("audit", "0005_seals"),
        ("team", "0002_protect"),
        ("people", "0005_messages"),
        ("tenancy", "0003_staff_is_likely"),
    ]
    operations = [migrations.RunSQL(HERE.with_name(name).read_text(), migrations.RunSQL.noop) for name in FILES]
