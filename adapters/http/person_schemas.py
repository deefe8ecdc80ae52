"""The schemas of what is asked and done about persons, in the areas that decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.http.schema_words import CARRIED_BY, JOURNAL_NUMBER, REVIEWED, closed, instant, question_schema, ref, text
from adapters.http.write_schemas import heard_schema, review_schema

if TYPE_CHECKING:
    from adapters.http.area import Area
    from adapters.http.validation import Schema


def person_schemas(area: Area, case_ref: str, facts: dict[str, Schema]) -> dict[str, Schema]:
    """Return the components of requests about persons; *facts* is the member for facts of the case."""
    points = list(dict.fromkeys(common_pb2.DecisionPoint.Name(point) for point, _ in area.persons))
    gates = [
        common_pb2.DecisionPoint.Name(point)
        for point in dict.fromkeys(point for (point, _), step in area.persons.items() if step.gate)
    ]
    capacities = list(dict.fromkeys(credit_pb2.PersonCapacity.Name(capacity.value) for _, capacity in area.persons))
    about: dict[str, Schema] = {
        "person": ref("Person"),
        "reference": text(
            "本机关在本案中对该人的编号，不得是证件号码",
            "The agency's own reference of the person in the case, the same from check to grant; no document's",
            64,
        ),
        "capacity": {"type": "string", "enum": capacities, "description": "以谁的名义 In whose name"},
    }
    needed = ("question", "person", "reference", "capacity")
    carried = any(each.carried is not None for each in area.persons.values())
    carrying = {"carriedBy": {**JOURNAL_NUMBER, "description": CARRIED_BY}} if carried else {}
    return {
        "Person": closed(
            ("documentType", "documentNumber"),
            documentType=text("证件类型", "Type of the document: RESIDENT_ID, PASSPORT, HK_MACAO_PERMIT, …", 32),
            documentNumber=text("证件号码，只送网关", "Its number; it goes to the gateway and nowhere else", 32),
            name=text("姓名", "Full name; required for documents other than RESIDENT_ID", 120, 0),
        ),
        "PersonQuestion": question_schema(area, case_ref, points, **facts),
        "PersonGrantQuestion": question_schema(area, case_ref, gates, **facts),
        "PersonCheckRequest": closed(needed, question=ref("PersonQuestion"), **about),
        "ConfirmationRequest": closed(
            ("person", "officer"), person=ref("Person"), officer=text("看过的经办人", "Officer who has looked", 64)
        ),
        "PersonFulfilmentRequest": closed(
            (), officerReview=review_schema(), identity=_identity(), heardParty=heard_schema()
        ),
        "PersonGrantRequest": closed(
            needed,
            question=ref("PersonGrantQuestion"),
            **about,
            reviewed={**JOURNAL_NUMBER, "description": REVIEWED},
            **carrying,
        ),
    }


def _identity() -> Schema:
    return closed(
        ("officer", "isThePerson", "reference", "lookedAt"),
        officer=text("经办人", "Officer who looked", 64),
        isThePerson={"type": "boolean", "description": "记录所指即此人 The record names this person"},
        reference=text("记录编号", "Where it is on paper, such as the number of a note", 256),
        lookedAt=instant("时刻", "When, RFC 3339"),
    )
