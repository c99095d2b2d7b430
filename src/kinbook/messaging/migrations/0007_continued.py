from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("continued.sql")
BACK = """
DROP TRIGGER takes_no_more ON messaging_message;
DROP FUNCTION kinbook_takes_no_more();
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_continuation")]
    operations = [migrations.RunSQL(SQL.read_text(), BACK)]
