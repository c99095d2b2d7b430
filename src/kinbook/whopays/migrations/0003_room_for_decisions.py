from django.db import migrations

# a charge is changed whenever it is decided or invoiced: with room beside it, that touches no index
ROOM = "ALTER TABLE whopays_charge SET (fillfactor = 60)"


class Migration(migrations.Migration):
    dependencies = [("whopays", "0002_protect")]
    operations = [migrations.RunSQL(ROOM, "ALTER TABLE whopays_charge RESET (fillfactor)")]
