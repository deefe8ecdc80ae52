"""A mandate that names purposes: an adapter that is configured with one is answered, and any other is refused."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from e2e.served import FINANCE, body_of, gateway_in, prepared
from nine_areas import DAYS

from adapters.clearance import Clearance
from adapters.enforcement import Enforcement
from adapters.errors import QuestionRefusedError
from adapters.journal import Journal
from adapters.participation import Cutoff, Form
from adapters.procurement import QUALIFICATION_REVIEW, ProcurementAdapter, Purchase, Supplier, procurement_rules

PURPOSE = "政府采购资格审查"


@pytest.fixture
def purposeful(tmp_path):
    """A gateway at which the mandate of the purchasers' platform names one purpose."""
    file = prepared(tmp_path, {}).config / "agencies.toml"
    text, head = file.read_text(encoding="utf-8"), 'id = "finance"\nrole = "asking-system"\n'
    assert text.count(head) == 1
    file.write_text(text.replace(head, f'{head}purposes = ["{PURPOSE}"]\n'), encoding="utf-8")
    with gateway_in(tmp_path) as gateway:
        yield gateway


def test_an_adapter_states_the_purpose_of_its_configuration_and_without_one_is_answered_nothing(purposeful, tmp_path):
    purchase = Purchase(f"CG-{uuid4().hex}", names_list=True, cutoff=Cutoff.not_fixed())
    known = purposeful.city.example("grade_a")
    supplier, said = Supplier(known.uscc, known.name, Form.SINGLE), []
    with Journal(tmp_path / "journal.db") as journal:
        for purpose in ("", "其他用途", PURPOSE):
            rules = replace(procurement_rules(DAYS, DAYS), purpose=purpose)
            engine = Enforcement(purposeful.callers.as_caller(FINANCE), journal, rules, "enforce")
            before = purposeful.next_number()
            asked = ProcurementAdapter(engine).check_all(purchase, QUALIFICATION_REVIEW, [supplier], "Li")
            (entry,) = purposeful.entries(before)
            said.append((asked.results[0], body_of(entry)))
    (missing, refused), (other, _), (cleared, answered) = said
    for found in (missing, other):
        assert type(found.error) is QuestionRefusedError
        assert (found.error.reason, found.error.field) == ("PURPOSE_NOT_IN_MANDATE", "question.purpose")
    assert "purpose" not in refused
    assert (type(cleared.result), answered["purpose"]) == (Clearance, PURPOSE)
