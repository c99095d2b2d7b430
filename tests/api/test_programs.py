"""What programs rely on: a call sent twice is done once, lists cost the same at any length, nobody is billed twice."""

import threading

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, is_problem
from tests.api.family import ANA, BEN, Seen


def test_a_payment_sent_twice_with_one_key_is_one_payment(cast, owner):
    mia = Seen(cast, owner)
    body = {"payer_id": mia.payers["Ana"], "amount_cents": 5_00, "method": "cash", "received_on": "2026-11-03"}
    first = owner("POST", "/payments", body, status=201, Idempotency_Key="pay-1")
    again = owner("POST", "/payments", body, status=201, Idempotency_Key="pay-1")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert len(owner.get("/payments")["items"]) == 1
    other = {**body, "amount_cents": 6_00}
    assert is_problem(owner.post("/payments", other, 409, Idempotency_Key="pay-1"), 409)


def test_a_run_sent_twice_with_one_key_answers_with_its_invoices(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    mia.book("2026-11-02")
    body = {"through": "2026-11-30"}
    first = owner.post("/invoices", body, 200, Idempotency_Key="november")
    assert len(first["invoices"]) == 1
    assert owner.post("/invoices", body, 200, Idempotency_Key="november") == first


def test_a_conflict_is_final_for_its_key(cast, owner):
    mia = Seen(cast, owner)
    mia.arrange(mia.rule("single", "Ana"))
    mia.book("2026-11-02")
    path = f"/invoices/{mia.invoice()['Ana']['id']}/readdress"
    same = {"payer_id": mia.payers["Ana"], "reason": "Wrong"}
    first = owner("POST", path, same, status=409, Idempotency_Key="one")
    again = owner("POST", path, same, status=409, Idempotency_Key="one")
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")


def test_lists_cost_the_same_for_few_and_many(cast, owner):
    mia = Seen(cast, owner, ANA, BEN)
    mia.arrange(mia.rule("percent", "Ana", "Ben", weights=[5000, 5000]))

    def month(days):
        for day in days:
            made = mia.book(f"2026-10-{day:02d}", repeat="FREQ=DAILY;COUNT=2")
            own = {"rule": mia.rule("single", "Ana")}
            owner.put(f"/appointments/{made['id']}/payer", own)
            invoices = mia.invoice(f"2026-10-{day:02d}").values()
            paid = {"payer_id": mia.payers["Ana"], "amount_cents": 1_00, "method": "cash", "received_on": "2026-11-03"}
            owner.post("/payments", paid)
            owner.post(f"/invoices/{next(iter(invoices))['id']}/void", {"reason": "Wrong"}, 200)

    def costs():
        found = {}
        for path in ("appointments", "charges", "invoices", "payments", "journal", "members", "services", "audit"):
            with CaptureQueriesContext(connection) as asked:
                owner.get(f"/{path}")
            found[path] = sum("SAVEPOINT" not in each["sql"] and "set_config" not in each["sql"] for each in asked)
        with CaptureQueriesContext(connection) as asked:
            owner.get(f"/clients/{mia.id}/who-pays", from_="2026-10-01", to="2026-11-30")
        found["who-pays"] = sum("SAVEPOINT" not in each["sql"] and "set_config" not in each["sql"] for each in asked)
        return found

    month([1])
    few = costs()
    month([5, 9, 13, 17])
    assert costs() == few
    assert max(few.values()) <= 12, few


def test_two_who_create_invoices_at_once_bill_nobody_twice(lasting_cast):
    callers = [Caller(lasting_cast) for _ in range(4)]
    mia = Seen(lasting_cast, callers[0])
    mia.arrange(mia.rule("by_appointment", "Ana", "Ben"))
    for day in range(2, 8):
        mia.book(f"2026-11-0{day}")
    start = threading.Barrier(len(callers))
    answers = []

    def call(caller):
        start.wait()
        answers.append(caller("POST", "/invoices", {"through": "2026-11-30"}))
        connections.close_all()

    threads = [threading.Thread(target=call, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 409}
    made = callers[0].get("/invoices")["items"]
    assert sorted(each["number"] for each in made) == [1, 2]
    assert sum(each["total_cents"] for each in made) == 6 * 120_00
    assert all(sum(line["cents"] for line in each["lines"]) == 0 for each in callers[0].get("/journal")["items"])
