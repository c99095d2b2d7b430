"""The Ortiz family as a program enters it."""

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
