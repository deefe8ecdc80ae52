"""What every document tells its reader to type is typed, in its order, and prints what the document shows.

One gateway with the sample city serves all of them. What cannot be typed here is on one list with its reason
(``commands_not_typed``), and the command line understands it none the less (``unit/test_documents.py``).
"""

from __future__ import annotations

import re

import pytest
from commands_not_typed import NOT_TYPED, reason_of
from documents_reader import Reader
from e2e.served import gateway_in
from readers_files import FILES
from shown_commands import PAGES, ROOT, differs, name_of, typed_in

SHOWING = [page for page in PAGES if typed_in(page)]
BEFORE_ANYTHING = re.compile(r"^(?:\.venv/bin/)?jsg (?:pki\b(?!.* --at-gateway)|db upgrade\b)")
"""What belongs to a gateway that is only being made, in the documents about that."""
MAKING = {"certs/README.md", "docs/operations.md"}
ENDS = {
    ("README.md", "jsg check"): 3,
    ("README.zh-CN.md", "jsg check"): 3,
    ("docs/cases.md", "case clear"): 4,
    ("docs/getting-started.md", "jsg check"): 3,
    ("docs/integrating.md", "--case JSGC-2026-17 --fact"): 3,
    ("docs/integrating.md", "91420399MA00K2U7XJ --area bidding"): 1,
    ("docs/mandates.md", "mandate propose"): 4,
    ("docs/mandates.md", "mandate end"): 4,
    ("docs/names.md", "--organisation-code"): 5,
    ("docs/names.md", "check --name"): 5,
    ("docs/persons.md", "--confirm"): 3,
    ("docs/persons.md", "--sample --area awards --point nomination --case PX-2026-9"): 4,
    ("docs/policy.md", "policy diff config/policy/shiyan.toml"): 4,
    ("docs/policy.md", "policy propose"): 4,
    ("docs/receipts.md", "jsg check"): 3,
    ("docs/reviews.md", "awards.csv"): 3,
    ("docs/users/auditor.md", "awards.csv"): 3,
}
"""How a line ends that is to end otherwise than with 0: 3 restricted, 4 conditional, 5 unverifiable, 1 refused."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        for file in served.place.config.glob("*.toml"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("127.0.0.1:50443", f"127.0.0.1:{served.port}"), encoding="utf-8")
        yield served


@pytest.mark.parametrize("page", SHOWING, ids=name_of)
def test_what_a_document_shows_is_typed_and_prints_what_it_shows(page, gateway, tmp_path):
    reader = Reader.at(gateway, tmp_path / "reader")
    beginner = Reader.before_anything(gateway, tmp_path / "beginner")
    for make in FILES.get(name_of(page), ()):
        make(reader)
    wrong = []
    for command in typed_in(page):
        if reason_of(command):
            continue
        first = command.page in MAKING and BEFORE_ANYTHING.match(command.line)
        typed = command.today()
        code, printed = (beginner if first else reader).type(typed)

        if code != ends(command) or differs(typed.shown, printed):
            wrong.append(f"$ {typed.line}\nended with {code}; not printed: {differs(typed.shown, printed)}\n{printed}")
    assert not wrong, "\n\n".join(wrong)


def ends(command):
    return next((code for (page, part), code in ENDS.items() if page == command.page and part in command.line), 0)


def test_no_reason_is_given_for_what_no_document_shows():
    shown = [command for page in SHOWING for command in typed_in(page)]

    for page, lines in NOT_TYPED.items():
        for begin in lines:
            assert any(each.page == page and begin in each.line for each in shown), (page, begin)
    for page, part in ENDS:
        assert any(each.page == page and part in each.line for each in shown), (page, part)


def test_every_test_that_a_reason_names_is_there():
    named = {
        name for lines in NOT_TYPED.values() for why in lines.values() for name in re.findall(r"\w+/test_\w+\.py", why)
    }

    assert named
    assert [name for name in sorted(named) if not (ROOT / "tests" / name).exists()] == []
