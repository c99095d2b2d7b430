from django.db import migrations

TIE = "CALL kinbook_tie('whopays_charge', 'product_id', 'practice_product');"


class Migration(migrations.Migration):
    dependencies = [("whopays", "0009_product_of_charge"), ("practice", "0005_products_protect")]
    operations = [migrations.RunSQL(TIE, migrations.RunSQL.noop)]
