"""The worked examples again, through the commands and the database, to the cent."""

from kinbook.whopays.models import Charge, Share
from tests.cast import nov


def shares(client_id):
    rows = (
        Share.objects.filter(client_id=client_id)
        .select_related("payer", "charge")
        .order_by("charge__moment", "position")
    )
    found = {}
    for row in rows:
        found.setdefault(row.charge_id, {})[row.payer.short_name] = row.cents
    return list(found.values())


def test_1_one_payer(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.book(viewer, mia.pk, nov(2))
        assert shares(mia.pk) == [{"Ana": 120_00}]


def test_2_alternating(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "by_appointment")
        for day, status in [(2, "show"), (3, "cancelled"), (4, "show"), (5, "no_show"), (6, "show")]:
            cast.book(viewer, mia.pk, nov(day), status=status)
        assert shares(mia.pk) == [{"Ana": 120_00}, {"Ben": 120_00}, {"Ana": 60_00}, {"Ben": 120_00}]


def test_7_odd_cents(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer)
        cast.arrange(viewer, mia.pk, "percent", weights=[5000, 5000])
        for day in (2, 4, 6):
            cast.book(viewer, mia.pk, nov(day), fee_cents=125_01)
        assert shares(mia.pk) == [
            {"Ana": 62_51, "Ben": 62_50},
            {"Ana": 62_50, "Ben": 62_51},
            {"Ana": 62_51, "Ben": 62_50},
        ]


def test_14_nobody(cast):
    with cast.as_("owner") as viewer:
        mia = cast.child(viewer, agreement=None)
        from kinbook.whopays.commands.arrange import end_arrangement

        end_arrangement(viewer, client_id=mia.pk, on=nov(1))
        cast.book(viewer, mia.pk, nov(2))
        assert shares(mia.pk) == []
        assert Charge.objects.get(client=mia).needs == "No arrangement in force on 2 November 2026"
