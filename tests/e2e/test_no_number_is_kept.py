"""After a gateway was used in every way, no person's number stands anywhere in plain or in a hash to guess (I-22).

Numbers come where they may (persons of records and of listings, who is asked about, files) and where they may not
(every text of every method and of every kind of record, the command line, an adapter). Then all that was written is
searched: stores with their write-ahead logs, queues, the log, journals, reports and what the commands printed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sqlite3
import sys
import zlib
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import grpc
import pytest
from e2e.asking_persons import ask_about_persons
from e2e.served import BIDDING, HRSS, REGISTRAR, award_known, gateway_in, new_party, outcome_of, today
from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import audit_pb2, credit_pb2, listing_pb2, record_pb2, registry_pb2, subject_pb2
from kind_records import SAMPLES, record_of
from plain_numbers import Search, resident

from adapters.bidding import AWARD, BiddingAdapter, bidding_rules
from adapters.conditions import ExistenceConfirmed, OfficerReview
from adapters.enforcement import Enforcement
from adapters.errors import QuestionRefusedError
from adapters.journal import Journal
from adapters.participation import Cutoff, Form
from adapters.tenders import Bidder, Project
from gateway.bootstrap.stores import open_vault
from gateway.cli.main import main
from gateway.domain.authorities import DECIDED_BY_SENDER
from gateway.sample.records import listing, profile
from gateway.storage.engine import reading
from gateway.storage.sealed import PLACES

SERVICES = [
    service
    for file in (credit_pb2, registry_pb2, audit_pb2, subject_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
]
CALLERS = {
    "CreditService": BIDDING,
    "RegistryService": HRSS,
    "AuditService": "audit-bureau.auditor",
    "SubjectService": "hrss-window.subject",
}
PASSPORT = "EJ7391846"
ENTERPRISES = "统一社会信用代码,企业名称,生效日期,是否施工单位,企业类型,登记状态,法定代表人,证件类型,法定代表人证件号"
RULES = bidding_rules(timedelta(days=15), timedelta(days=30))


class Used:
    """A gateway under use: what was sent to it, and which numbers it may keep sealed and must have refused."""

    def __init__(self, gateway, folder):
        self.gateway, self.folder = gateway, folder
        self.sent: list[bytes] = []
        self.kept: list[str] = []
        self.refused: list[str] = []
        self.told = ""
        for name in ("given", "said"):
            (folder / name).mkdir()

    def number(self, serial, *, kept, with_x=True):
        number = resident(serial, with_x=with_x)
        (self.kept if kept else self.refused).append(number)
        return number

    def submit(self, who, feed, records, **more):
        request = registry_pb2.SubmitRecordsRequest(
            request_id=uuid4().hex, feed=feed, officer="o", last=True, records=records, **more
        )
        self.sent += [request.SerializeToString(), request.SerializeToString(deterministic=True)]
        answer = self.gateway.callers.as_caller(who).submit(iter([request]))
        self.told += str(answer)
        return answer

    def jsg(self, *words, typed=""):
        """Run a command with *typed* at its standard input, and keep what it says in a file."""
        out = io.StringIO()
        place = ["--config", self.gateway.place.config, "--address", f"127.0.0.1:{self.gateway.port}"]
        with redirect_stdout(out), redirect_stderr(out), pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(typed))
            try:
                code = main([str(word) for word in (*place, *words)])
            except SystemExit as ended:
                code = ended.code
        (self.folder / "said" / f"{uuid4().hex}.txt").write_text(out.getvalue(), encoding="utf-8")
        return code


def paths(descriptor, depth=3):
    """Yield the path of every text in a message; of a repeated field its first element."""
    for field in descriptor.fields:
        if field.type == FieldDescriptor.TYPE_STRING:
            yield (field.name,)
        elif field.message_type is not None and depth:
            yield from ((field.name, *deeper) for deeper in paths(field.message_type, depth - 1))


def put(message, path, value):
    *parents, last = path
    for name in parents:
        own = getattr(message, name)
        message = (own[0] if len(own) else own.add()) if hasattr(own, "add") else own
    if message.DESCRIPTOR.fields_by_name[last].is_repeated:
        getattr(message, last)[:] = [value]
    else:
        setattr(message, last, value)


def filled(message, party, depth=3):
    """Give every field a value that may pass, so that a call comes as far as it can."""
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            own = getattr(message, field.name)
            if field.message_type.full_name == "google.protobuf.Timestamp" and not field.is_repeated:
                own.GetCurrentTime()
            elif depth and field.containing_oneof is None:
                filled(own.add() if field.is_repeated else own, party, depth - 1)
            continue
        value = {
            FieldDescriptor.TYPE_STRING: _text(field.name, party),
            FieldDescriptor.TYPE_BOOL: True,
            FieldDescriptor.TYPE_BYTES: b"",
        }.get(field.type, 1)
        if field.is_repeated:
            getattr(message, field.name)[:] = [value]
        elif field.containing_oneof is None:
            setattr(message, field.name, value)


def _text(name, party):
    if name == "request_id":
        return uuid4().hex
    if name.endswith("_on") or name in {"on", "since", "until"}:
        return "2026-03-02"
    known = {"uscc": party.uscc, "name": party.name, "feed": "wage_list", "page_token": "", "batch": ""}
    return known.get(name, "示例")


def call_everything(used):
    """Send a number in every text of every method, first alone and then among fields that are sound."""
    party, serial = new_party(), 100
    number = used.number(90, kept=False)
    outcome = used.gateway.raw(f"/jointsanctions.v1.CreditService/{number}", number.encode(), BIDDING)
    used.sent.append(number.encode())
    used.told += outcome.text()
    for service in SERVICES:
        who = CALLERS[service.name]
        for method in service.methods:
            for path in paths(method.input_type):
                serial += 1
                number = used.number(serial, kept=False, with_x=serial % 3 == 0)
                for complete in (False, True):
                    request = method.input_type._concrete_class()
                    if complete:
                        filled(request, party)
                    put(request, path, f"号{number}" if serial % 2 else number)
                    send(used, who, service, method, request.SerializeToString())


def send(used, who, service, method, raw):
    channel, name = used.gateway.channel(who), f"/{service.full_name}/{method.name}"
    used.sent.append(raw)
    if method.server_streaming:
        call = channel.unary_stream(name, None, None)(raw, timeout=0.5)
        with pytest.raises(grpc.RpcError) as caught:
            used.told += str(list(call))
        used.told += str(caught.value)
        return
    kind = channel.stream_unary if method.client_streaming else channel.unary_unary
    outcome = outcome_of(kind(name, None, None), iter([raw]) if method.client_streaming else raw)
    used.told += outcome.text() + repr(outcome.answer)


def submit_every_kind(used):
    """Send a record of every kind with a number in each of its texts, but for those of documents, where it may be."""
    serial = 2000
    for kind, fact in SAMPLES.items():
        feed = next(feed for feed in used.gateway.config.settings.feeds if kind in feed.kinds).name
        who = used.gateway.callers.file.feeds[feed]
        own = used.gateway.config.agencies.find(*who.split(".")).authorities
        party, records = new_party(), []
        shape = ("uscc", "name", "source_key", "authority", "document_number")
        within = [(kind, *path) for path in paths(record_pb2.Record.DESCRIPTOR.fields_by_name[kind].message_type)]
        for path in [(name,) for name in shape] + [p for p in within if p[-1] != "document_number" or len(p) == 2]:
            serial += 1
            record = record_of(fact)
            record.row, record.uscc, record.name = len(records) + 1, party.uscc, party.name
            record.source_key = f"{party.uscc}/{serial}"
            if kind in DECIDED_BY_SENDER and own:
                (record.authority,) = own
            put(
                record,
                path,
                f"张某{used.number(serial, kept=False, with_x=serial % 3 == 0)}".removeprefix("张某" * (serial % 2)),
            )
            records.append(record)
        answer = used.submit(who, feed, records)
        assert answer.rejected == len(records), f"{kind}: {answer}"


def store_persons(used):
    """Have persons stored where they may be: representatives, listed ones, takers of exams."""
    party, listed = new_party(), new_party()
    representative = listing_pb2.PersonRef(name="示例甲", document_type="RESIDENT_ID")
    representative.document_number = used.number(1, kept=True).lower()
    record = profile(party, date(2026, 1, 5))
    record.enterprise.legal_representative.CopyFrom(representative)
    assert used.submit(REGISTRAR, "market_regulation", [record]).stored == 1
    named = listing_pb2.PersonRef(name="示例乙", document_type="RESIDENT_ID", document_number=used.number(2, kept=True))
    records = listing(listed, f"L-{listed.uscc}", today() - timedelta(days=30), persons=[named])
    for number, record in enumerate(records, 1):
        record.row = number
    assert not used.submit(HRSS, "wage_list", records).rejected
    for place, kind in enumerate(("exam_record", "recruitment_record")):
        feed = next(feed for feed in used.gateway.config.settings.feeds if kind in feed.kinds).name
        number = (used.number(3, kept=True), PASSPORT)[place]
        person = {"name": "示例丙", "document_number": number}
        person["document_type"] = ("RESIDENT_ID", "PASSPORT")[place]
        record = record_of(SAMPLES[kind], person)
        record.uscc, record.name = "", ""
        assert used.submit(used.gateway.callers.file.feeds[feed], feed, [record]).stored == 1
    used.kept.append(PASSPORT)


def import_files(used):
    """Import files with persons, some rows refused here and some there; stage two."""
    rows = []
    for place, (name, number) in enumerate(
        [
            ("示例", used.number(4, kept=True)),
            (f"示例{used.number(5, kept=False)}", used.number(6, kept=False)),
            ("示例", "-".join((used.number(7, kept=False)[:6], used.refused[-1][6:14], used.refused[-1][14:]))),
            (f"示例{'–'.join((used.number(8, kept=False)[:6], used.refused[-1][6:14], used.refused[-1][14:]))}", ""),
        ]
    ):
        party = new_party()
        day = "2026-01-05" if place != 2 else "never"
        person = f"示例丁,1,{number}" if number else ",,"
        rows.append(f"{party.uscc},{party.name}{name if place else ''},{day},否,本地企业,存续,{person}")
    rows.append(f"{used.number(9, kept=False)},示例,E4417723,多一格,,,,,,,")
    used.refused.append("E4417723")
    direct = used.folder / "given" / "direct.csv"
    direct.write_text("\n".join([ENTERPRISES, *rows, ""]), encoding="utf-8")
    rejects = used.folder / "said" / "rejects.csv"
    assert used.jsg("import", direct, "--mapping", "enterprises", "--rejects", rejects) == 1
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == 5
    for place in (0, 1):
        party, file = new_party(), used.folder / "given" / f"staged{place}.csv"
        number = used.number(10 + place, kept=place == 0)
        row = f"{party.uscc},{party.name},2026-01-05,否,本地企业,存续,示例戊,1,{number}"
        file.write_text(f"{ENTERPRISES}\n{row}\n", encoding="utf-8")
        assert used.jsg("import", file, "--mapping", "enterprises", "--stage") == 0
    said = (path.read_text(encoding="utf-8") for path in (used.folder / "said").glob("*.txt"))
    batches = sorted({word for text in said for word in text.split() if word.startswith("batch-")})
    assert batches
    used.jsg("import", "list", "--waiting", "--as", REGISTRAR)


def type_commands(used):
    """Type a number where a code, a case, an officer or a word is asked for, and persons' numbers in a file."""
    number = used.number(20, kept=False)
    question = ("--area", "bidding", "--point", "award", "--case", f"案{number}")
    for words in (
        ("check", number, *question),
        ("check", new_party().uscc, *question),
        ("check", new_party().uscc, "--area", number),
        ("audit", number),
        (number,),
        ("grade", number),
        ("clocks", "--officer", number),
        ("registry", "file", number),
        ("audit", "search", "--officer", number),
        ("listing", "show", number),
    ):
        used.jsg(*words)


def ask_by_adapter(used):
    """Ask with a number in every text that an adapter's journal keeps, and fulfil conditions with one in the words."""
    number, party = used.number(30, kept=False), new_party()
    bidder = Bidder(party.uscc, party.name, Form.SINGLE)
    sound = Project("T-1", "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
    with Journal(used.folder / "journal.db") as journal:
        platform = BiddingAdapter(Enforcement(used.gateway.callers.as_caller(BIDDING), journal, RULES, "enforce"))
        for project, who, officer in (
            (replace(sound, case_ref=f"案{number}"), bidder, "Li"),
            (replace(sound, lot=number), bidder, "Li"),
            (sound, replace(bidder, name=f"示例{number}"), "Li"),
            (sound, bidder, number),
        ):
            (result,) = platform.check_all(project, AWARD, [who], officer).results
            assert isinstance(result.error, QuestionRefusedError)
            used.told += str(result.error)
        (result,) = platform.check_all(sound, AWARD, [bidder], "Li").results
        now = datetime.now(UTC)
        said = OfficerReview("Li", f"本人{number}到场", now)
        existence = ExistenceConfirmed((party.uscc,), "登记机关", "核〔2026〕1号", now)
        with pytest.raises(QuestionRefusedError, match="review_reason"):
            result.standing.fulfil(officer_review=said, existence=existence)
        assert len(journal.last_answers("T-1", AWARD)) == 1
        assert not journal.outcomes_owed()


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    folder = tmp_path_factory.mktemp("no-number")
    with gateway_in(folder / "gateway") as gateway:
        used = Used(gateway, folder)
        store_persons(used)
        import_files(used)
        call_everything(used)
        submit_every_kind(used)
        type_commands(used)
        ask_about_persons(used)
        ask_by_adapter(used)
        award_known(gateway, 1)
    # What it still writes while it serves, such as the files of its log, is only then all there.
    return used


def test_nothing_that_was_written_holds_a_number_or_lets_one_be_guessed(used):
    numbers = {*used.kept, *used.refused}
    assert len(numbers) > 300
    assert len(used.sent) > 500
    found = Search(numbers, used.sent).places(used.folder)
    assert [place for place in found if not place.startswith("given/")] == []
    assert len([place for place in found if place.startswith("given/")]) >= 3


def test_no_answer_and_no_refusal_shows_a_number(used):
    assert Search({*used.kept, *used.refused}).found(used.told.encode()) == set()
    assert "***" in used.told


def test_what_is_sealed_is_nothing_but_who_may_be_kept(used):
    settings = used.gateway.config.settings
    vault = open_vault(settings, used.gateway._engine)
    persons, _referrals, chunks = PLACES
    with reading(used.gateway._engine) as connection:
        opened = [
            vault.unseal(sealed)
            for (sealed,) in connection.execute(persons.table.select().with_only_columns(persons.sealed))
        ]
        staged = connection.execute(chunks.table.select()).all()
    numbers = {text.split("\0")[1].upper() for text in opened}
    # The city's own representatives are sealed as well; of ours, nobody who was refused.
    assert {PASSPORT, *used.kept[:3]} <= numbers
    assert not numbers & set(used.refused)
    assert len(staged) >= 2


def test_the_search_finds_a_number_in_every_writing(tmp_path):
    """What is searched with must be able to find."""
    number = resident(77, with_x=True)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    sent = f"request with {number}".encode()
    ways = {
        "plain": number.encode(),
        "small": f"号{number.lower()}号".encode(),
        "spaced": " ".join(number).encode(),
        "marks": f"{number[:6]}\u2013{number[6:14]}-{number[14:]}".encode(),
        "wide": wide.encode(),
        "escaped": json.dumps(wide).encode(),
        "utf-16": number.encode("utf-16"),
        "utf-16-be": number.encode("utf-16-be"),
        "base64": base64.b64encode(b"ab" + number.encode() + b"cd"),
        "hexadecimal": number.encode().hex().encode(),
        "its hash": hashlib.sha256(number.encode()).hexdigest().upper().encode(),
        "half of a request's hash": hashlib.sha256(sent).hexdigest()[:32].encode(),
    }
    for name, content in ways.items():
        (tmp_path / name).write_bytes(b"before " + content + b" after")
    with closing(sqlite3.connect(tmp_path / "database")) as connection, connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute(
            "INSERT INTO t VALUES (?, ?)", (zlib.compress(number.encode() * 9), hashlib.sha256(sent).digest())
        )
    found = Search([number], [sent]).places(tmp_path)

    assert {place.split(":")[0] for place in found} == {*ways, "database, t"}
    assert {place.split(": ")[1] for place in found if place.startswith("database")} == {number, "raw hash"}
    assert Search([resident(78)], [b"other"]).places(tmp_path) == []
