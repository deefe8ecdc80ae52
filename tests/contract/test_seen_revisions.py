"""What a node has answered by: kept beside the store, and the store that has lost it is not served."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from store_samples import NOON, profile, submission

from gateway.storage import tables
from gateway.storage.seen_revisions import LostRevisionError, SeenRevisions


@pytest.fixture
def filled(store):
    for number in (1, 2):
        store.submit(submission(str(number), profile(number)))


def test_a_store_that_has_what_was_answered_by_is_served_whatever_it_has_more(tmp_path, filled, store, history):
    seen = SeenRevisions(tmp_path / "seen", "gw1-0")
    seen.require(history)
    seen.note(history.newest())
    store.submit(submission("3", profile(3)))

    SeenRevisions(tmp_path / "seen", "gw1-0").require(history)


def test_nothing_is_kept_of_a_store_in_which_nothing_was_committed(tmp_path, history):
    SeenRevisions(tmp_path, "gw1-0").note(history.newest())
    assert not list(tmp_path.glob("gw1-0*"))


def test_a_store_that_lacks_it_or_has_another_of_its_number_is_refused(tmp_path, filled, engine, history):
    SeenRevisions(tmp_path, "gw1-0").note(history.newest())
    SeenRevisions(tmp_path, "gw1-1").note(history.standing(1))
    mine = tables.revision.c.id == 2
    with engine.begin() as connection:
        connection.execute(update(tables.revision).where(mine).values(committed_at=NOON + timedelta(seconds=1)))
    with pytest.raises(LostRevisionError, match=r"another revision 2: .*gw1-0\.json"):
        SeenRevisions(tmp_path, "gw1-1").require(history)
    with engine.begin() as connection:
        connection.execute(tables.revision.delete().where(mine))
    with pytest.raises(LostRevisionError, match="no revision 2"):
        SeenRevisions(tmp_path, "gw1-1").require(history)


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"revision": 2, "committed_at": "yesterday"}'])
def test_a_file_that_cannot_be_read_is_no_reason_to_serve(tmp_path, filled, history, said):
    (tmp_path / "gw1-0.json").write_text(said)
    with pytest.raises(LostRevisionError, match=r"gw1-0\.json cannot be read"):
        SeenRevisions(tmp_path, "gw1-0").require(history)
