"""The families of the demo practice: one of every way to agree on who pays. All of them are invented."""

from __future__ import annotations

from kinbook.seed.terms import (
    EVERY_OTHER_WEEKEND,
    TWO_TWO_FIVE_FIVE,
    TWO_TWO_THREE,
    WEEK_AND_WEEK,
    Child,
    Family,
    amounts,
    cap,
    cover,
    custody,
    one,
    percent,
    turns,
    weeks,
)

PARENT, GUARDIAN, STEP, FOSTER, GRAND = "parent", "legal_guardian", "step_parent", "foster_parent", "grandparent"

FAMILIES = (
    Family(
        "Ortiz",
        {"Ana": PARENT, "Ben": PARENT},
        (
            Child("Leo", 9, "kim", 4, 17, custody("Ana", "Ben", TWO_TWO_FIVE_FIVE)),
            Child("Mia", 16, "kim", 3, 17, percent(Ana=6000, Ben=4000)),
        ),
    ),
    Family(
        "Haddad",
        {"Samira": PARENT, "Karim": PARENT},
        (
            Child("Nour", 11, "kim", 0, 15, turns("Samira", "Karim")),
            Child("Yara", 8, "kim", 0, 16, turns("Samira", "Karim"), service="Play therapy"),
        ),
    ),
    Family(
        "Lindqvist",
        {"Maja": PARENT, "Erik Holm": PARENT},
        (Child("Elsa", 13, "kim", 1, 15, turns("Maja", "Erik", weights=(2, 1))),),
    ),
    Family(
        "Okafor",
        {"Chidi": PARENT, "Grace Bell": PARENT},
        (
            Child("Ada", 10, "kim", 1, 16, weeks("Chidi", "Grace")),
            Child("Emeka", 7, "kim", 1, 17, weeks("Chidi", "Grace"), service="Play therapy"),
        ),
    ),
    Family(
        "Whitfield",
        {"Laura": PARENT, "Tom": PARENT},
        (Child("Nora", 14, "kim", 2, 15, percent(Laura=5000, Tom=5000), service="Assessment hour"),),
    ),
    Family(
        "Rossi",
        {"Giulia": PARENT, "Paolo": PARENT, "Nonna Rosa": GRAND},
        (Child("Luca", 12, "kim", 3, 15, percent(Giulia=3333, Paolo=3333, Nonna=3334)),),
    ),
    Family(
        "Bauer",
        {"Katrin": PARENT, "Jens": PARENT},
        (Child("Finn", 15, "kim", 3, 16, amounts("Katrin", Jens=5000)),),
    ),
    Family(
        "Sato",
        {"Yuki": PARENT, "Daniel Price": PARENT},
        (
            Child(
                "Hana", 9, "kim", 4, 14, percent((cap("Daniel", "Yuki", cents=10000),), Yuki=6000, Daniel=4000), weeks=1
            ),
        ),
    ),
    Family(
        "Greene",
        {"Denise": PARENT, "Marcus": PARENT},
        (
            Child(
                "Jaden",
                10,
                "kim",
                4,
                15,
                percent(Denise=5000, Marcus=5000),
                covered=(cover("Hillside School", fixed_cents=8000, max_sessions=60, authorization="HS-2204"),),
            ),
        ),
        {"Hillside School": "school"},
    ),
    Family(
        "Moreau",
        {"Camille": PARENT, "Hugo": PARENT},
        (Child("Zoé", 6, "kim", 4, 16, turns("Hugo", "Camille"), earlier=(one("Camille"),), service="Play therapy"),),
    ),
    Family("Adeyemi", {"Folake": PARENT}, (Child("Tobi", 12, "kim", 0, 14, since=23),)),
    Family(
        "Novotny",
        {"Petra": PARENT, "Milan": PARENT},
        (Child("Ema", 17, "kim", 0, 17, one("Petra"), confidential=True),),
    ),
    Family(
        "Dlamini",
        {"Thandi": PARENT, "Sizwe": PARENT},
        (
            Child("Lebo", 11, "entire", 0, 15, custody("Thandi", "Sizwe", WEEK_AND_WEEK)),
            Child("Naledi", 14, "entire", 0, 16, custody("Thandi", "Sizwe", WEEK_AND_WEEK)),
        ),
    ),
    Family(
        "Fitzgerald",
        {"Aoife": PARENT, "Sean": PARENT, "Mark Doran": STEP},
        (
            Child("Cillian", 8, "entire", 1, 15, custody("Aoife", "Sean", EVERY_OTHER_WEEKEND), service="Play therapy"),
            Child("Roisin", 13, "entire", 1, 16, turns("Aoife", "Sean")),
        ),
    ),
    Family(
        "Kowalski",
        {"Ewa": PARENT, "Adam": PARENT},
        (
            Child("Zosia", 9, "entire", 2, 15, custody("Ewa", "Adam", TWO_TWO_THREE)),
            Child("Kuba", 12, "entire", 2, 16, percent(Ewa=7000, Adam=3000)),
        ),
    ),
    Family(
        "Reyes",
        {"Marisol": FOSTER},
        (
            Child(
                "Devon",
                10,
                "entire",
                3,
                15,
                one("Marisol"),
                covered=(
                    cover(
                        "Coastal Family Agency", missed_fees=True, authorization="CFA-2026-118", file_number="D-0417"
                    ),
                ),
            ),
        ),
        {"Coastal Family Agency": "agency"},
    ),
    Family(
        "Tanaka",
        {"Aiko": PARENT, "Ken": PARENT},
        (
            Child(
                "Sora",
                15,
                "entire",
                3,
                16,
                percent(Aiko=5000, Ken=5000),
                exceptions=({"kind": "missed", "rule": one("Ken")},),
            ),
        ),
    ),
    Family(
        "Brennan",
        {"Kate": PARENT, "Owen": PARENT},
        (
            Child("Maeve", 7, "fulllist", 0, 15, one("Kate"), service="Play therapy"),
            Child("Declan", 10, "fulllist", 0, 16, one("Owen")),
            Child("Finola", 13, "fulllist", 0, 17, turns("Kate", "Owen")),
        ),
    ),
    Family(
        "Nguyen",
        {"Linh": PARENT, "Minh": PARENT},
        (
            Child("An", 11, "fulllist", 1, 15, one("Linh")),
            Child("Bao", 16, "fulllist", 1, 16, one("Linh")),
        ),
    ),
    Family(
        "Castillo",
        {"Rosario": GRAND},
        (
            Child(
                "Mateo",
                8,
                "fulllist",
                2,
                15,
                one("Rosario"),
                service="Play therapy",
                covered=(
                    cover("Coastal Family Agency", percent=7500, authorization="CFA-2026-131", file_number="M-0433"),
                ),
            ),
        ),
    ),
    Family(
        "Petersen",
        {"Astrid": PARENT, "Lars": PARENT},
        (
            Child("Freja", 12, "fulllist", 2, 16, weeks("Astrid", "Lars")),
            Child("Oskar", 15, "fulllist", 2, 17, percent(Astrid=5500, Lars=4500)),
        ),
    ),
    Family(
        "Mensah",
        {"Abena": PARENT, "Kofi": PARENT},
        (
            Child(
                "Esi",
                9,
                "fulllist",
                3,
                15,
                turns("Abena", "Kofi"),
                covered=(cover("Brightwater Employee Care", percent=5000, max_cents=120000),),
            ),
        ),
        {"Brightwater Employee Care": "employer"},
    ),
    Family(
        "Silva",
        {"Beatriz": PARENT, "Rui": PARENT},
        (
            Child("Ines", 14, "basic", 0, 15, amounts("Beatriz", Rui=4000)),
            Child("Tomas", 11, "basic", 0, 16, amounts("Beatriz", Rui=4000)),
        ),
    ),
    Family(
        "Hoffman",
        {"Rachel": PARENT, "David": PARENT},
        (
            Child("Miriam", 16, "basic", 1, 15, percent(Rachel=5000, David=5000)),
            Child("Noah", 13, "basic", 1, 16, percent(Rachel=5000, David=5000)),
        ),
    ),
    Family(
        "Walsh",
        {"Siobhan": PARENT},
        (Child("Liam", 9, "basic", 2, 15, one("Siobhan"), covered=(cover("Harbor County Court", percent=10000),)),),
        {"Harbor County Court": "court"},
    ),
    Family(
        "Popescu",
        {"Elena": PARENT, "Radu": PARENT},
        (
            Child(
                "Ioana",
                10,
                "basic",
                2,
                16,
                turns("Elena", "Radu"),
                weeks=2,
                covered=(cover("Coastal Family Agency", fixed_cents=6000, authorization="CFA-2026-140"),),
            ),
        ),
    ),
    Family(
        "Jensen",
        {"Birgit": GUARDIAN},
        (Child("Emil", 17, "basic", 3, 15, one("Birgit")), Child("Ida", 15, "basic", 3, 16, one("Birgit"))),
    ),
    Family(
        "Khan",
        {"Sana": PARENT, "Imran": PARENT},
        (
            Child("Zara", 13, "entire", 4, 14, custody("Sana", "Imran", WEEK_AND_WEEK)),
            Child("Bilal", 10, "fulllist", 4, 15, percent(Sana=4000, Imran=6000)),
        ),
    ),
    Family(
        "Duarte",
        {"Paula": PARENT, "Nelson": PARENT},
        (
            Child("Rita", 8, "fulllist", 4, 16, turns("Paula", "Nelson"), service="Play therapy"),
            Child("Duarte", 15, "basic", 4, 15, one("Nelson")),
        ),
    ),
    Family(
        "Meyer",
        {"Judith": PARENT, "Ralf": STEP},
        (
            Child("Jonas", 11, "basic", 4, 16, one("Judith")),
            Child("Lea", 9, "entire", 0, 14, one("Judith"), service="Play therapy"),
        ),
    ),
    Family("Quinn", {"Nuala": PARENT}, (Child("Orla", 12, "basic", 3, 17, status="prospective"),)),
    Family("Barros", {"Lucia": PARENT}, (Child("Pedro", 14, "entire", 4, 15, one("Lucia"), status="inactive"),)),
)
