from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("practice", "0004_products"), ("tenancy", "0002_protect")]
    operations = [migrations.RunSQL("CALL kinbook_protect('practice_product');", migrations.RunSQL.noop)]
