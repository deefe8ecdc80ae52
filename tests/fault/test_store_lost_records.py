"""A database that lost a revision by which a node has answered: the node serves nobody until somebody has looked."""

from __future__ import annotations

import json
import shutil
import time

import psycopg
import pytest
from e2e.served import gateway_in
from postgres import DURABLE, running_postgres

from gateway.bootstrap.config import StartError

PATIENCE = 60.0


def noted(folder):
    return json.loads((folder / "var" / "seen" / "gw1-0.json").read_text())["revision"]


def test_a_node_refuses_a_store_without_what_it_has_answered_by_until_its_note_is_taken_away(tmp_path):
    with running_postgres(lambda _: None, DURABLE) as server:
        database = server.new_database()
        url = server.url(database)
        with gateway_in(tmp_path, url=url, filled=False) as gateway:
            newest = gateway.callers.confirm_feeds()
            until = time.monotonic() + PATIENCE
            while noted(tmp_path) < newest:
                assert time.monotonic() < until
        # Another was given its number: a standby that lacked it had been promoted.
        with psycopg.connect(host=str(server.folder), user="postgres", dbname=database) as connection:
            other = "UPDATE revision SET committed_at = '2020' || substr(committed_at, 5) WHERE id = %s"
            connection.execute(other, (newest,))

        with pytest.raises(StartError), gateway_in(tmp_path, url=url, filled=False):
            pass
        log = (tmp_path / "var" / "gateway.log").read_text(encoding="utf-8")
        assert f"the store has another revision {newest}: acknowledged records are lost" in log

        shutil.rmtree(tmp_path / "var" / "seen")
        with gateway_in(tmp_path, url=url, filled=False):
            assert noted(tmp_path) == newest
