import django.db.models.deletion
from django.db import migrations, models

TIE = "CALL kinbook_tie('invoices_invoiceline', 'clinician_id', 'team_member')"


class Migration(migrations.Migration):
    dependencies = [("invoices", "0003_planned_anew"), ("team", "0002_protect")]
    operations = [
        migrations.AddField(
            "invoiceline",
            "clinician",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="team.member",
            ),
        ),
        migrations.RunSQL(TIE, migrations.RunSQL.noop),
    ]
