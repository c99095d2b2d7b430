"""A payment that arrives while others issue and void: it settles what is due when its turn has come, and nothing else."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from django.db import connection

from kinbook.invoices.commands.issue import issue_charges
from kinbook.invoices.commands.void import void_invoice
from kinbook.payments.commands import reverse_payment
from kinbook.people.queries import lock_clients
from kinbook.tenancy.refused import Conflict
from tests.cast import nov
from tests.money import invoiced, pay, promises_hold, standing

PATIENCE = 20


class Held:
    """A deed in a transaction of its own, which stays open until it is let go."""

    def __init__(self, cast, deed):
        self.done, self.over, self.pid = Event(), Event(), 0
        self.thread = Thread(target=self._hold, args=(cast, deed))
        self.thread.start()
        assert self.done.wait(PATIENCE)

    def _hold(self, cast, deed):
        try:
            with cast.as_("owner") as viewer, connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.pid,) = cursor.fetchone()
                deed(viewer)
                self.done.set()
                self.over.wait(PATIENCE)
        finally:
            connection.close()

    def somebody_waits(self):
        """Return once another transaction waits for this one."""
        for _ in range(PATIENCE * 100):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [self.pid])
                if cursor.fetchone():
                    return
            time.sleep(0.01)
        raise AssertionError("nobody waits")

    def let_go(self):
        self.over.set()
        self.thread.join()


def test_an_invoice_that_is_being_deleted_takes_no_money(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        (mias,) = invoiced(cast, viewer)
        leo = cast.child(viewer, "Leo")
        charge = cast.book(viewer, leo.pk, nov(3)).pk

    def receive():
        try:
            with cast.as_("biller") as viewer:
                return pay(cast, viewer, "ana", 300_00)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        busy = Held(cast, lambda _: lock_clients([cast.clients["mia"]]))
        received = pool.submit(receive)
        busy.somebody_waits()
        # an invoice for another child, of which the waiting payment knew nothing yet
        with cast.as_("owner") as viewer:
            (leos,) = issue_charges(viewer, client_id=leo.pk, charge_ids=[charge])
        voiding = Held(cast, lambda viewer: void_invoice(viewer, invoice=leos, reason="wrong child"))
        busy.let_go()
        voiding.somebody_waits()
        voiding.let_go()
        payment = received.result(PATIENCE)
    with cast.as_("owner"):
        assert {each.invoice_id: each.cents for each in payment.allocations.all()} == {mias.pk: 120_00}
        assert standing(cast, "ana") == (-180_00, 180_00)
        promises_hold(cast)


def test_two_take_back_the_same_payment_and_the_second_is_told(lasting_cast):
    cast = lasting_cast
    with cast.as_("owner") as viewer:
        cast.child(viewer)
        payment = pay(cast, viewer, "ana", 50_00)

    def take_back():
        try:
            with cast.as_("biller") as viewer:
                reverse_payment(viewer, payment=payment, reason="bounced")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = Held(cast, lambda viewer: reverse_payment(viewer, payment=payment, reason="wrong payer"))
        second = pool.submit(take_back)
        first.somebody_waits()
        first.let_go()
        with pytest.raises(Conflict, match="reversed already"):
            second.result(PATIENCE)
    with cast.as_("owner"):
        assert standing(cast, "ana") == (0, 0)
        promises_hold(cast)
