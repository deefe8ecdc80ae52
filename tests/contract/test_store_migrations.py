"""What an earlier version of the tables holds is understood after the upgrade, on both databases."""

from __future__ import annotations

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select, text
from store_samples import code

from formats import canonical
from gateway.storage import tables
from gateway.storage.engine import open_engine, writing
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import AUDIT, FACTS, LOG, newest, upgrade
from gateway.storage.migrations.steps import config, take_steps

CONTENT = {
    "accepted_on": "2026-01-05",
    "authority": "示例局",
    "document_number": "1号",
    "incident_id": "",
    "provenance": "AUTHORITY",
    "settled_on": None,
    "verified_on": "2026-01-09",
}


@pytest.fixture
def old(request, facts_url, tmp_path):
    """A database with the tables as they were first made."""
    if facts_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.new_database())
    engine = open_engine(url)
    with writing(engine) as connection:
        take_steps(connection, "facts_0001")
    yield engine
    engine.dispose()


def put(engine, record_id, incident, until=None):
    content = canonical.encode({**CONTENT, "incident_id": incident}).decode()
    with writing(engine) as connection:
        connection.execute(
            text("INSERT INTO simple_record VALUES (:id, 1, :until, 'd', :uscc, 'complaint', :content)"),
            {"id": record_id, "until": until, "uscc": code(1), "content": content},
        )


def test_complaints_of_one_incident_stay_together_and_others_apart(old):
    put(old, "own", "own")
    put(old, "one", "I-1")
    put(old, "two", "I-1")
    put(old, "ended", "I-2", until=2)
    upgrade(old, FACTS)
    facts = {fact.record_id: fact.payment_order_number for fact in SqlHistory(old).dossier(code(1), 1).facts}
    assert facts == {"own": "", "one": "I-1", "two": "I-1", "ended": "I-2"}
    with old.connect() as connection:
        assert connection.execute(select(tables.person_record)).all() == []


def test_names_of_held_notices_are_compared_by_the_wider_normal_form(old):
    names = {"one": "樣例建設有限責任公司", "two": "样例建设有限公司", "ended": "另例建設有限公司"}
    with writing(old) as connection:
        for record_id, name in names.items():
            connection.execute(
                text("INSERT INTO held_notice VALUES (:id, 1, :until, 'd', 'k', '{}', :name, :name, '', 'NO_CODE')"),
                {"id": record_id, "until": 2 if record_id == "ended" else None, "name": name},
            )

    upgrade(old, FACTS)

    with old.connect() as connection:
        kept = connection.execute(select(tables.held_notice.c.record_id, tables.held_notice.c.name_key)).all()
    assert dict(map(tuple, kept)) == {"one": "样例建设有限公司", "two": "样例建设有限公司", "ended": "另例建设有限公司"}


@pytest.mark.parametrize("branch", [FACTS, AUDIT, LOG])
def test_the_last_step_by_its_number_is_the_one_after_which_none_comes(branch):
    assert newest(branch) == ScriptDirectory.from_config(config()).get_revision(f"{branch}@head").revision
