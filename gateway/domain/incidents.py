"""Which incident a record belongs to: what comes from one incident counts once (X-22).

Records under one order to pay, by its number and its authority, are of one incident; every other record is of an
incident of its own. Only an officer's act joins or splits otherwise, and it speaks of the records from their first day
on: it corrects what is known, and is known only from its own revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.incident_act import IncidentAct, IncidentChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.domain.kinds.fact import Fact


def incidents_of(facts: Iterable[Fact]) -> Mapping[str, str]:
    """Return the incident of every complaint and arrears finding among *facts*, by record id.

    Acts are taken in the order of their days, those of one day in the order of their ids. An act about a record that is
    not among *facts*, which was given to another code since, changes nothing.
    """
    known = list(facts)
    found = {fact.record_id: _own(fact) for fact in known if isinstance(fact, Complaint | ArrearsFinding)}
    acts = [fact for fact in known if isinstance(fact, IncidentAct)]
    for act in sorted(acts, key=lambda act: (act.decided_on, act.record_id)):
        if act.concerned_record_id not in found:
            continue
        if act.change is IncidentChange.SPLIT:
            found[act.concerned_record_id] = f"split\0{act.record_id}"
        elif act.joined_record_id in found:
            found[act.concerned_record_id] = found[act.joined_record_id]
    return found


def _own(fact: Complaint | ArrearsFinding) -> str:
    if fact.payment_order_number:
        return f"order\0{fact.authority}\0{fact.payment_order_number}"
    return f"record\0{fact.record_id}"
