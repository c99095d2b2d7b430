"""Codes that superbills print have a form, and a mistyped one is seen."""

import pytest

from kinbook.rules.billing_codes import is_npi, read_icd


@pytest.mark.parametrize("text", ["", "1234567893", "1245319599"])
def test_numbers_that_are_taken(text):
    assert is_npi(text)


@pytest.mark.parametrize("text", ["1234567890", "1234567839", "123456789", "12345678931", "123456789x", "١٢٣٤٥٦٧٨٩٣"])
def test_numbers_that_are_mistyped(text):
    assert not is_npi(text)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("f411", "F41.1"),
        (" F41.1 ", "F41.1"),
        ("F84", "F84"),
        ("z63.5", "Z63.5"),
        ("F43.10", "F43.10"),
        ("S52521A", "S52.521A"),
    ],
)
def test_codes_are_written_one_way(typed, code):
    assert read_icd(typed) == code


@pytest.mark.parametrize("typed", ["", "F", "4F1.1", "F41.12345", "anxiety", "F4!"])
def test_what_is_no_code_is_refused(typed):
    assert read_icd(typed) == ""
