"""Every method that reads who a natural person is stands under an activity of the register of processing (I-54, I-56).

What a message names is found in ``test_every_method_is_guarded``. Here the other half: rules and use cases that read a
person's key and may name nobody. Each module that does is placed; one that is not, or does no more, fails.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from test_every_method_is_guarded import ROLES

from gateway.domain.agencies import Role
from gateway.domain.processed_persons import METHODS
from gateway.domain.processing_register import SWITCHED_ON_BY, Processing

ROOT = Path(__file__).parents[2] / "gateway"
KEYS = {"person_key", "person_keys", "representative_key", "persons", "person"}
"""Attributes by which a natural person is told from another."""
SUBMITS = {"RegistryService/SubmitRecords"}
DECIDES = {"RegistryService/DecideListing", "RegistryService/RecordDelivery"}
ENDS = {
    "CreditService/ListEndings",
    "RegistryService/ListUnacknowledgedEndings",
    "RegistryService/ListAcknowledgedEndings",
    "RegistryService/ListDecidedCases",
}
READERS = {
    "domain/anomaly_rules.py": {"AuditService/ListAnomalies"},
    "domain/endings.py": ENDS,
    "domain/related_bidders.py": {"CreditService/ListRelatedBidders"},
    "domain/voided_endings.py": ENDS,
    "services/check_person.py": {"CreditService/CheckPerson"},
    "services/endings.py": ENDS,
    "services/judge_rows.py": SUBMITS,
    "services/listing_steps.py": DECIDES,
}
"""Modules that read who somebody is, and the methods that come of it."""
NOBODY = {
    "domain/complaints.py": "counts the gateway's own sealing keys",
    "services/change_mandates.py": "holders of certificates, who act and are not asked about",
    "services/change_policy.py": "likewise",
    "services/get_status.py": "counts the gateway's own sealing keys",
}
"""Modules in which a word of ``KEYS`` means no person who is kept on record."""


def readers():
    """Return the modules of rules and use cases that read such an attribute."""
    modules = (each for layer in ("domain", "services") for each in (ROOT / layer).rglob("*.py"))
    return {str(each.relative_to(ROOT)) for each in modules if reads(ast.parse(each.read_text(encoding="utf-8")))}


def reads(tree):
    return any(isinstance(node, ast.Attribute) and node.attr in KEYS for node in ast.walk(tree))


def test_every_module_that_reads_a_persons_key_is_placed_and_its_methods_are_on_the_register():
    assert readers() == READERS.keys() | NOBODY.keys()
    assert set().union(*READERS.values()) <= set().union(*METHODS.values())


def test_a_module_that_reads_a_persons_key_is_found():
    assert reads(ast.parse("def bidders(profile):\n    return profile.representative_key"))
    assert not reads(ast.parse("person = 1"))


@pytest.mark.parametrize("processing", Processing)
def test_each_activity_has_methods_that_a_role_which_switches_it_on_may_call(processing):
    roles = {role for role, switched in SWITCHED_ON_BY.items() if switched is processing}
    assert METHODS[processing]
    for method in METHODS[processing]:
        assert ROLES[method] & roles, method
    assert Role.OPERATOR not in roles
