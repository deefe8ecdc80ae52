"""Whoever has all that a gateway keeps, but for its keys, reads nothing of a case: not its evidence, not its facts.

What is recognisable comes into every part of a dossier and into every text of the facts and of each step. The case is
played to the judgment, and then all that was written is searched: the store with its write-ahead log, the queues, the
log's files, the evidence, the journals, a backup; on PostgreSQL every row, and every file of the server.
"""

from __future__ import annotations

import base64
import gzip
import shutil
import sqlite3
import zlib
from contextlib import closing

import postgres
from e2e.referring import (
    COURT,
    HRSS,
    MATERIALS,
    POLICE,
    PRINCIPAL,
    PROCURATORATE,
    SERVICE,
    dossier,
    facts,
    part_of,
    parties,
    step,
    wrapped,
)
from e2e.served import gateway_in
from jointsanctions.v1 import referral_pb2 as pb
from marked_content import Marks
from sqlalchemy import MetaData, select

from gateway.bootstrap.backup import make_backup
from gateway.storage.engine import reading

CHINESE, ASCII = "鹤唳云栖密卷甲", "RECOGNISABLE-7F3A91C2"
MARKS = (CHINESE, ASCII)
WORKER = "RECOGNISABLE-W"
"""Begins each worker's reference in the facts."""


class Played:
    """A case whose every text is marked, on its way to the judgment."""

    def __init__(self, served):
        self.served = served
        self.found = parties(served)
        self.case = "YS-2026-dump"
        self.told: list[pb.Referral] = []

    def step(self, kind, number, **other):
        made = step(kind, number, **{"reasons": f"{CHINESE}，{ASCII}。", **other})
        made.document_number = f"{ASCII}〔2026〕{kind}-{number}{CHINESE}"
        made.officers[:] = [f"{ASCII}-{kind}-1", f"{CHINESE}-{kind}-2"]
        return made

    def take(self, who, rpc, kind, **other):
        number = 50_000 + len(self.told)
        answer = self.found[who].call(rpc, referral_id=self.case, step=self.step(kind, number, **other))
        self.told.append(answer.referral)

    def facts(self):
        claims = [pb.WorkerClaim(worker=f"{WORKER}-{n}-{ASCII}", owed_fen=600_000, unpaid_months=3) for n in range(12)]
        made = facts(claims=claims)
        made.order.document_number = f"{ASCII}〔2026〕88号{CHINESE}"
        return made

    def play(self):
        found, hrss = self.found, self.found[HRSS]
        hrss.call("OpenReferral", referral_id=self.case, facts=self.facts(), report=self.step("REPORT", 1))
        self.take(PRINCIPAL, "ApproveReferral", "APPROVAL")
        made = dossier(MATERIALS, mark=f"{CHINESE} {ASCII} ".encode() * 40)
        assert all(CHINESE.encode() in content for content in made.contents.values())
        for item_id, sealed in made.sealed.items():
            assert hrss.upload(self.case, item_id, sealed).ok
        keys = wrapped(made, self.case, [hrss, found[POLICE]], [found[PROCURATORATE]])
        part = part_of(hrss, made, self.case, keys)
        sending = self.step("SENDING", 2, to_agency="public-security")
        hrss.call("SendReferral", referral_id=self.case, step=sending, part=part, procuratorate="procuratorate")
        self.take(POLICE, "SignReceipt", "RECEIPT")
        assert found[POLICE].opened(self.case, "order") == made.contents["order"]
        self.take(POLICE, "DecideFiling", "FILING")
        self.take(HRSS, "RecordOutcome", "HANDOVER")
        payment = pb.ReferralPayment(
            paid_on=made.items[0].collected_on.isoformat(),
            paid_fen=600_000,
            document_number=f"{ASCII}-{CHINESE}",
            document_sha256="ab" * 32,
        )
        hrss.call("RecordPayment", referral_id=self.case, payment=payment)
        why = {"document_number": f"{ASCII}〔2026〕9号{CHINESE}", "reason": f"{CHINESE} {ASCII}"}
        hrss.call("HoldReferral", referral_id=self.case, hold_id="H-1", **why)
        assert found[PRINCIPAL].call("ReleaseReferral", referral_id=self.case, hold_id="H-1", **why).hold.state
        self.take(PROCURATORATE, "RecordOutcome", "INDICTMENT", to_agency="intermediate-court")
        hrss.call("ShareDossier", referral_id=self.case, keys=wrapped(made, self.case, [found[COURT]], []))
        assert found[COURT].opened(self.case, "worker_interviews") == made.contents["worker_interviews"]
        self.take(COURT, "RecordOutcome", "CONVICTION")
        self.refusals()
        for who in (HRSS, POLICE, COURT):
            shown = found[who].call("GetReferral", referral_id=self.case)
            assert CHINESE in str(shown.steps[-1].step.reasons), "who takes part reads what was written"
            found[who].inbox()

    def refusals(self):
        """What is refused is recorded, too: a step out of its place, one that is malformed, and bytes that are none."""
        hrss = self.found[HRSS]
        assert hrss.send("RecordOutcome", referral_id=self.case, step=self.step("HANDOVER", 9)).reason == "STATE"
        wrong = self.step("CLOSING", 10)
        wrong.document_sha256 = f"{ASCII}{CHINESE}"
        assert hrss.send("RecordOutcome", referral_id=self.case, step=wrong).reason == "MALFORMED_REQUEST"
        worse = self.facts()
        worse.claims[0].worker = f"{CHINESE}{ASCII}" * 90
        refused = hrss.send("OpenReferral", referral_id="YS-2026-other", facts=worse)
        assert refused.reason == "MALFORMED_REQUEST"
        raw = b"\xff" + f"{CHINESE}{ASCII}".encode()
        assert not self.served.raw(f"{SERVICE}RecordOutcome", raw, HRSS).ok


def test_nothing_that_a_gateway_on_sqlite_keeps_shows_a_case(tmp_path):
    marks = Marks((*MARKS, WORKER))
    with gateway_in(tmp_path / "gateway", filled=False) as served:
        Played(served).play()
        state = served.place.state
        while_serving = shutil.copytree(state, tmp_path / "dump")
        make_backup(served.config.settings, tmp_path / "backup", lambda _: None, with_keys=False)
    assert (while_serving / "facts.sqlite-wal").stat().st_size > 0, "the write-ahead log is searched as well"
    assert any((tmp_path / "backup" / "evidence").rglob("*"))
    for folder in (while_serving, state, tmp_path / "backup"):
        assert marks.places(folder) == []


def test_nothing_that_a_gateway_on_postgresql_keeps_shows_a_case(tmp_path, monkeypatch):
    marks = Marks((*MARKS, WORKER))
    # A queue opens on no database that could lose what it acknowledged.
    monkeypatch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, "fsync=on"))
    with postgres.running_postgres() as server:
        url = server.url(server.new_database())
        with gateway_in(tmp_path / "gateway", url=url, filled=False) as served:
            Played(served).play()
            metadata = MetaData()
            metadata.reflect(served._engine)
            with reading(served._engine) as connection:
                rows = {name: connection.execute(select(table)).all() for name, table in metadata.tables.items()}
            state = served.place.state
        assert len(rows["referral_entry"]) == 22
        assert {name: found for name, each in rows.items() if (found := marks.in_rows(map(tuple, each)))} == {}
        assert marks.places(server.folder / "cluster") == []
    assert marks.places(state) == []


def test_the_search_finds_a_mark_in_every_writing(tmp_path):
    """What is searched with must be able to find."""
    for mark in MARKS:
        plain = mark.encode()
        for name, content in {
            "plain": plain,
            "utf-16": mark.encode("utf-16"),
            "utf-16-be": mark.encode("utf-16-be"),
            "gb": mark.encode("gb18030"),
            "base64": base64.b64encode(b"ab" + plain + b"cd"),
            "base64url": base64.urlsafe_b64encode(b"a" + plain),
            "hexadecimal": plain.hex().encode(),
            "upper": plain.hex().upper().encode(),
            "gzip": b"before" + gzip.compress(b"x" * 300 + plain) + b"after",
            "twice": gzip.compress(zlib.compress(plain)),
            "zlib in base64's place": zlib.compress(base64.b64encode(plain)),
        }.items():
            (tmp_path / f"{mark} {name}").write_bytes(b"\0\x01" + content + b"\xff")
        (tmp_path / f"{mark} nothing").write_bytes(plain[1:-1])
        with closing(sqlite3.connect(tmp_path / f"{mark} database")) as connection, connection:
            connection.execute("CREATE TABLE t (a, b)")
            connection.execute("INSERT INTO t VALUES (?, ?)", (plain * 900, None))
    found = {place.split(":")[0].partition(",")[0] for place in Marks(MARKS).places(tmp_path)}

    assert len(found) == 2 * 12
    assert not any(name.endswith("nothing") for name in found)
