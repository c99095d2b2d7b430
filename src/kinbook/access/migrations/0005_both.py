from django.db import migrations


class Migration(migrations.Migration):
    """Two lines of work meet: closed records and grants, and the portal."""

    dependencies = [("access", "0003_protect"), ("access", "0004_portal_messages")]
    operations: list[migrations.operations.base.Operation] = []
