"""Adults and couples of the demo practice. All of them are invented."""

from __future__ import annotations

from kinbook.seed.terms import Child, one, percent, turns

ADULTS = (
    Child("Amira Saleh", 34, "kim", 1, 10),
    Child("Peter Lang", 51, "kim", 2, 10, weeks=2),
    Child("Joan Carver", 46, "kim", 3, 11, weeks=2),
    Child("Victor Aslan", 29, "entire", 0, 10),
    Child("Ruth Feld", 62, "entire", 1, 10, weeks=2),
    Child("Hassan Demir", 38, "entire", 2, 11),
    Child("Clara Winter", 27, "fulllist", 1, 10),
    Child("Gabriel Stone", 44, "fulllist", 2, 10, weeks=2),
    Child("Marta Zielinska", 31, "basic", 1, 11),
    Child("Simon Frost", 57, "basic", 2, 11, weeks=2),
)

COUPLES = (
    (("Piet", "de Vries"), ("Hannah", "de Vries"), "kim", 2, 12, percent(Piet=5000, Hannah=5000)),
    (("Alex", "Morgan"), ("Jamie", "Lowe"), "entire", 3, 12, turns("Alex", "Jamie")),
    (("Nadia", "Rahman"), ("Omar", "Rahman"), "fulllist", 3, 12, one("Nadia")),
)
