"""Folding the steps of counts: fewer rows, the same sums, whoever else is counting."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from kinbook.overview.jobs import fold_counts
from kinbook.tallies.fold import fold_tallies
from kinbook.tallies.models import Tally
from kinbook.tallies.queries import read_tallies
from tests.cast import nov
from tests.money import invoiced, pay, promises_hold


def test_the_sums_stay_and_the_steps_become_one_row_each(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer, 2, 4)
        pay(cast, viewer, "ana", 300_00)
        for day in (9, 10, 11):
            cast.book(viewer, cast.clients["mia"], nov(day))
        before, steps = read_tallies(cast.practice_id), Tally.objects.count()
    fold_counts(0)
    with cast.as_("owner"):
        assert read_tallies(cast.practice_id) == before
        assert Tally.objects.count() == len(before) < steps
        promises_hold(cast)


def test_what_came_to_nothing_leaves_no_row(cast):
    with cast.as_("owner") as viewer:
        invoiced(cast, viewer)
        pay(cast, viewer, "ana", 120_00)
        fold_tallies(cast.practice_id)
        assert not Tally.objects.exists()


def test_folding_while_others_count_loses_no_step(lasting_cast):
    with lasting_cast.as_("owner") as viewer:
        mia = lasting_cast.child(viewer)

    def count_or_fold(place):
        try:
            if place % 2:
                fold_counts(0)
            else:
                with lasting_cast.as_("owner") as viewer:
                    lasting_cast.book(viewer, mia.pk, nov(1 + place // 2))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_or_fold, range(16)))
    with lasting_cast.as_("owner"):
        promises_hold(lasting_cast)
