from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_name("cards.sql")


def view(name: str, table: str, **fields: models.Field) -> migrations.CreateModel:
    common = {"id": models.UUIDField(primary_key=True, serialize=False), "practice_id": models.UUIDField()}
    return migrations.CreateModel(
        name=name, fields=[*common.items(), *fields.items()], options={"db_table": table, "managed": False}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0011_credit_notes"),
        ("cards", "0002_protect"),
    ]
    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        view("CardKey", "portal_card_key", publishable=models.TextField()),
        view(
            "OwnCard",
            "portal_card",
            client_id=models.UUIDField(null=True),
            kind=models.TextField(),
            brand=models.TextField(),
            last_four=models.TextField(),
            exp_month=models.SmallIntegerField(null=True),
            exp_year=models.SmallIntegerField(null=True),
            nickname=models.TextField(),
            added_at=models.DateTimeField(),
        ),
        view(
            "OwnAutoPay",
            "portal_autopay",
            client_id=models.UUIDField(),
            card_id=models.UUIDField(),
            starts_on=models.DateField(),
        ),
        view(
            "OwnCharge",
            "portal_card_charge",
            cents=models.BigIntegerField(),
            state=models.TextField(),
            code=models.TextField(),
            asked_at=models.DateTimeField(),
            kind=models.TextField(),
            brand=models.TextField(),
            last_four=models.TextField(),
        ),
        view("Payable", "portal_payable", due_cents=models.BigIntegerField(), is_on_its_way=models.BooleanField()),
    ]
