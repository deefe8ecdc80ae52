"""Kill −9 while an import is staged and while it is applied: what is resumed ends as what was never disturbed."""

from __future__ import annotations

import json
import shutil
import threading

import grpc
import pytest
from e2e.served import HRSS, WRITER, body_of
from fault.test_import_killed import RECORDS, SMALL
from import_kills import Imports, city_files, content_of, launchers
from jointsanctions.v1 import import_batch_pb2 as pb
from sqlalchemy import func, select

from adapters.errors import GatewayError
from gateway.domain.imports import ImportState
from gateway.storage import tables
from gateway.storage.engine import reading
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.import_store import SqlImportStore
from gateway.storage.import_tables import staged_chunk

RPC = "/jointsanctions.v1.RegistryService"
STAGING_KILLS = (3, 11, 19, 27)
APPLYING_KILLS = (5, 17, 30)


class StagedImport(Imports):
    """One gateway's folder, and one feed's file staged and approved in it."""

    def __init__(self, folder, launch, paths):
        super().__init__(
            folder, launch, [next(each for each in paths if each.endswith("labour_inspection.jsonl"))], SMALL
        )

    def stage(self, gateway):
        place = ("--config", str(gateway.place.config), "--state", str(gateway.place.state))
        words = ("import", "--officer", "o", "--stage", *self.files)
        self.client.start(*place, "--address", f"127.0.0.1:{gateway.port}", *words)

    def kill_while_staging(self, chunks, victim):
        with self.served() as gateway:
            self.stage(gateway)
            while staged(gateway) < chunks:
                pass
            victim.kill()
            assert victim.wait() == -9
            if victim is self.server:
                self.client.kill()
                self.client.wait()

    def stage_whole(self):
        """Stage to the end, and return the batch and the digest of its difference."""
        with self.served() as gateway:
            self.stage(gateway)
            assert self.client.wait() == 0
            assert SqlHistory(gateway._engine).head() == 0
            (batch,) = found(gateway).imports
            return batch.batch, self.shown(gateway, batch.batch).difference.digest

    def shown(self, gateway, batch):
        request = pb.GetImportRequest(batch=batch, officer="o")
        return gateway.callers.as_caller(HRSS).registry("GetImport", request, pb.GetImportResponse)

    def approve(self, gateway, batch, digest):
        request = pb.ApproveImportRequest(request_id="approve-1", batch=batch, digest=digest, officer="o")
        client = gateway.callers.as_caller(HRSS)
        return client.registry("ApproveImport", request, pb.ApproveImportResponse, patient=True)

    def kill_while_applying(self, batch, digest, revision):
        with self.served() as gateway:
            calling = threading.Thread(target=self.try_to_approve, args=(gateway, batch, digest))
            calling.start()
            history = SqlHistory(gateway._engine)
            while history.head() < revision:
                pass
            self.server.kill()
            assert self.server.wait() == -9
            gateway.callers.close()
            calling.join()

    def try_to_approve(self, gateway, batch, digest):
        with pytest.raises((GatewayError, grpc.RpcError, ValueError)):
            self.approve(gateway, batch, digest)


def staged(gateway):
    with reading(gateway._engine) as connection:
        return connection.execute(select(func.count()).select_from(staged_chunk)).scalar_one()


def found(gateway):
    request = pb.ListImportsRequest(officer="o")
    return gateway.callers.as_caller(HRSS).registry("ListImports", request, pb.ListImportsResponse)


def covered(gateway):
    bodies = [body_of(entry) for entry in gateway.entries()]
    spans = [body["revisions"] for body in bodies if "revisions" in body]
    return bodies, {number for first, last in spans for number in range(first, last + 1)}


@pytest.fixture
def folders(tmp_path):
    files = city_files(tmp_path / "city", RECORDS)
    with launchers() as launch:
        yield _pair(*(StagedImport(tmp_path / name, launch, files) for name in ("calm", "disturbed")))


def _pair(calm, disturbed):
    """Let one person approve everything, and seal persons' numbers with one key."""
    for each in (calm, disturbed):
        limits = each.folder / "config" / "gateway.toml"
        text = limits.read_text(encoding="utf-8")
        for name in ("restricted", "ended", "changed"):
            text = "\n".join(
                f"second_person_above_{name} = 1000000" if line.startswith(f"second_person_above_{name}") else line
                for line in text.split("\n")
            )
        limits.write_text(text, encoding="utf-8")
    shutil.copyfile(calm.state / "keys/persons.key", disturbed.state / "keys/persons.key")
    return calm, disturbed


def test_an_import_killed_while_staged_and_while_applied_ends_as_one_that_was_not(folders):
    calm, disturbed = folders
    batch, digest = calm.stage_whole()
    with calm.served() as gateway:
        done = calm.approve(gateway, batch, digest)
        assert done.batch.state == pb.IMPORT_STATE_APPLIED
        calm_head = SqlHistory(gateway._engine).head()
    assert calm_head > max(APPLYING_KILLS)

    for place, chunks in enumerate(STAGING_KILLS):
        disturbed.kill_while_staging(chunks, (disturbed.client, disturbed.server)[place % 2])
    assert disturbed.stage_whole() == (batch, digest)
    for revision in APPLYING_KILLS:
        disturbed.kill_while_applying(batch, digest, revision)
    with disturbed.served() as gateway:
        imports = SqlImportStore(gateway._engine)
        while imports.batch(batch, "hrss").state is not ImportState.APPLIED:
            assert disturbed.server.returncode is None
        again = disturbed.approve(gateway, batch, digest)
        assert (again.stored, again.rejected) == (done.stored, done.rejected)
        while SqlFactStore(gateway._engine).unrecorded(WRITER):
            assert disturbed.server.returncode is None
        bodies, revisions = covered(gateway)
        assert SqlHistory(gateway._engine).head() == calm_head
    assert revisions >= set(range(1, calm_head + 1))
    assert "RECOVERED" in {body["outcome"] for body in bodies}
    assert content_of(disturbed.state) == content_of(calm.state)
    assert content_of(calm.state)["simple_record"][0] > 1_000
    assert content_of(calm.state)[tables.submission.name][0] > calm_head
    assert json.dumps(bodies)


def test_what_was_approved_is_applied_by_the_next_start_without_being_asked(folders):
    calm, _ = folders
    batch, digest = calm.stage_whole()
    calm.kill_while_applying(batch, digest, 1)
    with calm.served() as gateway:
        imports = SqlImportStore(gateway._engine)
        while imports.batch(batch, "hrss").state is not ImportState.APPLIED:
            assert calm.server.returncode is None
        assert list(imports.chunks(batch)) == []
