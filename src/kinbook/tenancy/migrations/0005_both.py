from django.db import migrations


class Migration(migrations.Migration):
    """Two lines of work meet: messages, and signing in."""

    dependencies = [("tenancy", "0004_messages"), ("tenancy", "0004_signing_in")]
    operations: list[migrations.operations.base.Operation] = []
