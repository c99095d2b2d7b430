"""FHIR R4: patients, related persons, and what ties them."""

import json

from kinbook.exchange.models import Held
from kinbook.people.models import Client, Contact, Party
from tests.exchange.bringing import load, tally, told


def patient(id_="p1", **more):
    name = [{"use": "official", "family": "Quist", "given": ["Nora"]}]
    return {"resourceType": "Patient", "id": id_, "name": name, "birthDate": "2013-03-14", **more}


def related(patient_="Patient/p1", **more):
    mother = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}
    name = [{"family": "Quist", "given": ["Lena"]}]
    whose = {"reference": patient_}
    return {
        "resourceType": "RelatedPerson",
        "id": "r1",
        "patient": whose,
        "relationship": [mother],
        "name": name,
        **more,
    }


def bundle(*resources):
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def bring(cast, *resources):
    return load(cast, bundle(*resources), name="x.json")


def test_a_child_comes_in_with_the_related_person_as_contact(cast):
    observation = {"resourceType": "Observation", "id": "o1", "status": "final"}
    assert tally(bring(cast, patient(), observation, related())) == {"created": 1}
    with cast.as_("owner"):
        link = Contact.objects.get()
        assert (link.client.party.name, link.party.name, link.relationship) == ("Nora Quist", "Lena Quist", "parent")
    assert tally(bring(cast, patient(), observation, related())) == {"unchanged": 1}


def test_contacts_named_in_the_patient_itself_count(cast):
    guardian = {"coding": [{"code": "GUARD"}]}
    contact = {"relationship": [guardian], "name": {"family": "Reed", "given": ["Cy"]}}
    bring(cast, patient(contact=[contact]))
    with cast.as_("owner"):
        link = Contact.objects.get()
        assert (link.party.name, link.relationship, link.legal_guardian) == ("Cy Reed", "legal_guardian", True)


def test_a_child_without_anybody_is_held_and_a_later_related_person_completes_them(cast):
    assert tally(bring(cast, patient())) == {"held": 1}
    with cast.as_("owner"):
        assert Client.objects.count() == 0
        assert Held.objects.get().name == "Nora Quist"
    assert tally(bring(cast, related())) == {"created": 1}
    with cast.as_("owner"):
        held = Held.objects.get()
        assert (held.state, held.client_id) == ("completed", Client.objects.get().pk)


def test_the_deceased_are_archived(cast):
    bring(cast, patient(birthDate="1950-01-02", deceasedDateTime="2020-05-06T10:00:00Z"))
    with cast.as_("owner"):
        client = Client.objects.get()
        assert (client.status, str(client.party.deceased_on)) == ("archived", "2020-05-06")


def test_references_that_lead_nowhere_are_refused_with_a_reason(cast):
    report = bring(cast, related("Patient/gone"), related("", id="r2"), related(None, id="r3"))
    assert [outcome for _, outcome, *_ in told(report)] == ["refused", "refused", "refused"]
    assert "neither in this file nor here" in told(report)[0][3][0][1]


def test_one_line_a_resource_is_read_and_a_broken_one_refused_alone(cast):
    lines = [json.dumps(patient(birthDate="1980-05-06")), "{broken", json.dumps(patient("p2", birthDate="1981-05-06"))]
    report = load(cast, "\n".join(lines), name="x.ndjson")
    assert sorted(each[:2] for each in told(report)) == [(1, "created"), (2, "refused"), (3, "created")]


def test_numbers_of_the_state_are_not_kept(cast):
    ssn = {"type": {"coding": [{"code": "SS"}]}, "system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-11-2222"}
    bring(cast, patient(birthDate="1980-05-06", identifier=[ssn]))
    with cast.as_("owner"):
        party = Party.objects.get()
        assert not any("999" in str(getattr(party, field.attname)) for field in Party._meta.concrete_fields[4:])


def test_what_is_half_valid_is_read_as_far_as_it_goes(cast):
    odd = patient(
        birthDate="1980-05",
        name={"text": "Nora Quist"},
        telecom={"system": "phone", "value": "555-0101"},
        address="here",
        contact="nobody",
        identifier=[None, 3],
        link="x",
    )
    assert [each[:2] for each in told(bring(cast, odd))] == [(1, "created")]
