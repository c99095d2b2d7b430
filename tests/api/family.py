"""The Ortiz family as a program enters it."""

from datetime import datetime
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")

ANA = {"first_name": "Ana", "last_name": "Ortiz", "email": "ana.ortiz@mail.example", "relationship": "parent"}
BEN = {"first_name": "Ben", "last_name": "Ortiz", "email": "ben@workshop.example", "relationship": "parent"}
CY = {"first_name": "Cy", "last_name": "Reed", "relationship": "step_parent"}
MIA = {"type": "minor", "first_name": "Mia", "last_name": "Ortiz", "date_of_birth": "2016-02-02"}


class Family:
    """Mia with Ana and Ben, entered by one call; ids by first name."""

    def __init__(self, caller, *contacts, arrangement=None, **more):
        self.caller = caller
        people = contacts or ({**ANA, "responsible_for_billing": arrangement is None}, BEN)
        body = {**MIA, "contacts": list(people), **more}
        if arrangement is not None:
            body["arrangement"] = arrangement
        self.client = caller.post("/clients", body, status=201)
        self.id = self.client["id"]
        self.payers = {each["first_name"]: each["payer_id"] for each in self.client["contacts"] if each["person_id"]}
        self.links = {each["first_name"] or each["name"]: each["id"] for each in self.client["contacts"]}

    def names(self):
        return {payer: name for name, payer in self.payers.items()}

    def arrange(self, rule, status=201, **more):
        return self.caller.post(f"/clients/{self.id}/arrangements", {"from": None, "rule": rule, **more}, status=status)

    def now(self):
        return self.caller.get(f"/clients/{self.id}")

    def pays_now(self):
        return {self.names()[payer] for payer in self.now()["responsible_payer_ids"]}


class Seen(Family):
    """The family in Dr Kim's care: appointments by date, shares and balances by first name."""

    def __init__(self, cast, caller, *contacts, **more):
        super().__init__(caller, *contacts, **more)
        self.clinician, self.service = str(cast.members["kim"]), str(cast.service_id)

    def rule(self, mode, *names, **more):
        """A rule that names its payers by first name."""
        return {"mode": mode, "payers": [self.payers[name] for name in names], **more}

    def book(self, on, status="show", *, at="16:00", code=201, **more):
        """Book an appointment at a local time of New York."""
        body = {"client_id": self.id, "clinician_id": self.clinician, "service_id": self.service, "status": status}
        start = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=NEW_YORK).isoformat()
        return self.caller.post("/appointments", {**body, "start": start, **more}, code)

    def who_pays(self, since="2026-11-01", through="2026-12-31"):
        return self.caller.get(f"/clients/{self.id}/who-pays", **{"from": since, "to": through})["items"]

    def shares(self, **span):
        """Who owes what of each appointment, by first name."""
        return [self.by_name(each["shares"]) for each in self.who_pays(**span)]

    def by_name(self, shares):
        names = self.names()
        return {names[each["payer_id"]]: each["cents"] for each in shares}

    def reasons(self, **span):
        return [[each["reason"] for each in one["shares"]] for one in self.who_pays(**span)]

    def invoice(self, through="2026-12-31", **more):
        """Create what waits; the invoices by first name of their payer."""
        told = self.caller.post("/invoices", {"client_ids": [self.id], "through": through, **more}, 200)
        return {self.names()[each["payer_id"]]: each for each in told["invoices"]}

    def owes(self, name, **asked):
        return self.caller.get(f"/payers/{self.payers[name]}/balance", **asked)
