"""Who bears the name of a record without a sound code: by every name that it bore, and by the one that was sent."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from builders import RULES, USCC, subject
from unit.test_eligibility import NAMESAKE

from formats.names import normalise_name
from gateway.domain.records import RelationKind
from gateway.services.identify import NamedParty, subject_from_index
from gateway.services.ports.register import Indexed

FORMER, PRESENT, OTHER = "乙一建筑有限公司", "甲一建筑有限责任公司", "丙一建筑有限公司"


def identified(known, notices, sent=""):
    """Return the party as identified by a register that knows it by *known*, and holds *notices* by name."""
    held = {normalise_name(name): records for name, records in notices.items()}
    found = Indexed(USCC, known, nonconforming=False, compute=lambda: subject().timeline) if known else None
    register = SimpleNamespace(find=lambda _: found, unresolved=lambda key: held.get(key, ()))
    return subject_from_index(register, NamedParty(USCC, sent, RelationKind.SELF, conforming=True, field="e"), RULES)


def notice(number):
    return replace(NAMESAKE, record_id=f"N-{number}")


@pytest.mark.parametrize("known", [(FORMER, PRESENT), ()])
def test_a_record_under_another_name_is_nobodys_here(known):
    assert identified(known, {OTHER: (notice(1),)}).same_name == ()


def test_every_record_under_a_name_that_it_bore_is_shown_in_the_order_of_the_names():
    assert normalise_name(FORMER) < normalise_name(PRESENT)
    notices = {PRESENT: (notice(3),), FORMER: (notice(1), notice(2)), OTHER: (notice(4),)}

    assert identified((PRESENT, FORMER), notices).same_name == (notice(1), notice(2), notice(3))


@pytest.mark.parametrize("known", [(PRESENT,), ()])
def test_the_name_that_was_sent_counts_whether_or_not_the_enterprise_is_known(known):
    assert identified(known, {OTHER: (notice(4),)}, sent=OTHER).same_name == (notice(4),)
