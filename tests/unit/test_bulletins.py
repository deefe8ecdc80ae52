"""Bulletins as bytes: what is written is read again, what was changed is refused; who signs, and for how long."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import stat
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from jointsanctions.v1 import bulletin_pb2

from adapters.bulletin import holds
from formats.bulletin import (
    BulletinError,
    BulletinHead,
    ListedFacts,
    head_text,
    joined,
    key_name,
    listing_lines,
    read_bulletin,
)
from formats.note import parse_key
from gateway.domain.agencies import Agency, Role
from gateway.domain.call_record import CallerSeen
from gateway.domain.errors import AreaNotInMandateError, PurposeNotInMandateError, StoreUnavailableError
from gateway.domain.publishable import Item
from gateway.domain.vocabulary import Area, DecisionPoint, PublishableKind
from gateway.rpc.bulletin import BulletinServicer
from gateway.rpc.method import Call
from gateway.security.bulletin_keys import BulletinKeys
from gateway.services.get_bulletin import GetBulletin
from gateway.services.list_publishable import Board, Published
from gateway.settings import ConfigurationError
from gateway.settings.bulletins import read_bulletin_settings
from gateway.settings.policy_files import load_policy
from gateway.settings.strict import Table

ROOT = Path(__file__).parents[2]
GATEWAY = "shiyan.example"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LISTED = ListedFacts(
    uscc="91420399MA00K2UM2D",
    authority="示例市人力资源和社会保障局",
    document_number="示人社〔2026〕3号",
    decided_on=date(2026, 3, 25),
    published_on=date(2026, 4, 2),
    until=datetime(2029, 3, 24, 16, tzinfo=UTC),
)
OTHER = replace(LISTED, uscc="91420399MA00K2U88J", until=NOW + timedelta(hours=1))
HEAD = BulletinHead(GATEWAY, "BIDDING", 7, NOW, NOW + timedelta(hours=12), ("BIDDING_EVALUATION", "BIDDING_AWARD"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return BulletinKeys(tmp_path_factory.mktemp("keys"), GATEWAY)


@pytest.fixture(scope="module")
def apart():
    """The verifier that shares no code."""
    spec = importlib.util.spec_from_file_location("verify_bulletin", ROOT / "tools/verify_bulletin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(keys, head=HEAD, listings=(LISTED, OTHER)):
    lines = listing_lines(listings)
    return joined(keys.sign(head_text(head, lines)), lines)


def parsed(keys):
    return [parse_key(each) for each in keys.published()]


@pytest.mark.parametrize("listings", [(), (LISTED,), (LISTED, OTHER)])
@pytest.mark.parametrize("head", [HEAD, replace(HEAD, weighs_at=(), revision=0)])
def test_what_is_written_is_read_again_by_both_readers(keys, apart, listings, head):
    data = written(keys, head, listings)
    found = read_bulletin(data, parsed(keys), holds)
    assert (found.head, set(found.listings)) == (head, set(listings))
    told = apart.verify(data, [apart.read_key(each) for each in keys.published()], NOW)
    assert (told["revision"], told["listings"]) == (str(head.revision), str(len(listings)))


def test_the_tool_takes_no_bulletin_past_its_time_or_from_the_future(keys, apart):
    theirs = [apart.read_key(each) for each in keys.published()]
    for at, why in ((HEAD.valid_until, "past its time"), (NOW - timedelta(seconds=1), "from the future")):
        with pytest.raises(apart.Unproven, match=why):
            apart.verify(written(keys), theirs, at)


def test_the_same_listings_in_another_order_are_the_same_bytes():
    assert listing_lines([LISTED, OTHER]) == listing_lines([OTHER, LISTED])


def test_every_bit_that_is_turned_over_is_found_by_both_readers(keys, apart):
    data, known = written(keys), parsed(keys)
    theirs = [apart.read_key(each) for each in keys.published()]
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(BulletinError):
            read_bulletin(bytes(changed), known, holds)
        with pytest.raises((apart.Unproven, ValueError)):
            apart.verify(bytes(changed), theirs, NOW)


@pytest.mark.parametrize("cut", [0, 1, 40, 200, -1, -30])
def test_what_is_cut_is_refused(keys, cut):
    with pytest.raises(BulletinError):
        read_bulletin(written(keys)[:cut], parsed(keys), holds)


def test_a_line_more_or_less_is_refused(keys):
    data = written(keys)
    extra = listing_lines([replace(LISTED, uscc="91420399MA00K2UN08")])
    for changed in (data + extra, data[: data.rindex(b"[")], data + b"\n"):
        with pytest.raises(BulletinError, match="not those that were signed"):
            read_bulletin(changed, parsed(keys), holds)


def test_a_head_that_is_signed_and_says_something_else_is_refused(keys):
    lines = listing_lines([LISTED])
    text = head_text(HEAD, lines)
    for old, new in (
        ("listings 1", "listings 2"),
        ("listings 1", "listings 01"),
        ("/v1", "/v2"),
        ("area BIDDING", "area bidding"),
        ("issued 2026", "issued 0"),
        ("revision 7\n", ""),
        ("revision 7", "revision 7\nrevision 8"),
        ("gateway shiyan.example", "gateway other.example"),
    ):
        assert old in text
        with pytest.raises(BulletinError):
            read_bulletin(joined(keys.sign(text.replace(old, new)), lines), parsed(keys), holds)


@pytest.mark.parametrize(
    "line", [b"{}\n", b"[]\n", b'["a"]\n', b"[1,2,3,4,5,6]\n", b"no\n", b'["a","b","c","d","e","f"]\n']
)
def test_a_line_that_is_signed_and_is_no_listing_is_refused(keys, line):
    with pytest.raises(BulletinError, match="no listing"):
        read_bulletin(joined(keys.sign(head_text(HEAD, line)), line), parsed(keys), holds)


def test_a_key_that_is_not_at_hand_proves_nothing(keys, tmp_path):
    stranger, elsewhere = BulletinKeys(tmp_path / "a", GATEWAY), BulletinKeys(tmp_path / "b", "other.example")
    for other in (stranger, elsewhere):
        with pytest.raises(BulletinError, match="none of the keys"):
            read_bulletin(written(keys), parsed(other), holds)
    with pytest.raises(BulletinError, match="another gateway"):
        read_bulletin(written(elsewhere), parsed(elsewhere), holds)


def test_while_a_key_is_replaced_both_halves_are_enough(tmp_path):
    keys = BulletinKeys(tmp_path / "keys", GATEWAY)
    old = parsed(keys)
    added = parse_key(keys.add())
    data = written(keys)
    assert [key.name for key in parsed(keys)] == [key_name(GATEWAY)] * 2
    for known in (old, [added], [added, *old]):
        assert read_bulletin(data, known, holds).head == HEAD
    (tmp_path / "keys/bulletin-1.key").unlink()
    with pytest.raises(BulletinError, match="none of the keys"):
        read_bulletin(written(keys), old, holds)
    assert read_bulletin(written(keys), [added], holds).head == HEAD


def test_a_key_is_its_owners_alone_and_one_that_others_could_read_is_not_used(tmp_path):
    keys = BulletinKeys(tmp_path / "keys", GATEWAY)
    keys.published()
    file = tmp_path / "keys/bulletin-1.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "keys").iterdir()] == [file.name]
    file.chmod(0o640)
    with pytest.raises(StoreUnavailableError, match="mode is 0640"):
        keys.sign("x\n")


def test_a_folder_that_others_can_reach_holds_no_key_to_sign_with_and_an_empty_one_is_no_fault(tmp_path):
    keys, folder = BulletinKeys(tmp_path / "keys", GATEWAY), tmp_path / "keys"
    folder.mkdir(mode=0o750)
    assert keys.held() == ()
    folder.chmod(0o700)
    keys.published()
    for mode in (0o750, 0o701):
        folder.chmod(mode)
        with pytest.raises(StoreUnavailableError, match=f"mode is {mode:04o}"):
            keys.held()


def test_the_next_key_is_the_newest_however_many_there_have_been(tmp_path):
    keys = BulletinKeys(tmp_path / "keys", GATEWAY)
    made = [*keys.published(), *(keys.add() for _ in range(10))]
    assert len(set(made)) == 11
    assert [each.number for each in keys.held()] == list(range(1, 12))
    assert list(keys.published()) == made


def test_processes_that_begin_together_have_one_key(tmp_path):
    ready, found = Barrier(8), []

    def begin():
        ready.wait()
        found.append(BulletinKeys(tmp_path / "keys", GATEWAY).published())

    threads = [Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


class Publishable:
    """What may be published, as the use case is told it."""

    def __init__(self, *items):
        self.items = items

    async def __call__(self, now, since):
        assert since == 0
        return Published(Board(7, now, self.items, (), None), now, ())


def item(kind=PublishableKind.WAGE_ARREARS_LISTING):
    return Item(
        kind=kind,
        record_id="r-1",
        uscc=LISTED.uscc,
        name="示例建筑劳务有限公司",
        authority=LISTED.authority,
        document_number=LISTED.document_number,
        decided_on=LISTED.decided_on,
        published_on=LISTED.published_on,
        display_until=LISTED.until,
    )


@pytest.fixture(scope="module")
def policy():
    return load_policy(ROOT / "config/policy", "shiyan", date(2026, 11, 24))


def issued(keys, policy, area, points, *items):
    use = GetBulletin(Publishable(*items), policy, keys, GATEWAY)
    return asyncio.run(use(area, points, NOW, timedelta(hours=3)))


def test_a_bulletin_has_what_is_published_of_listings_and_of_nothing_else(keys, policy):
    others = [item(kind) for kind in PublishableKind if kind is not PublishableKind.WAGE_ARREARS_LISTING]
    found = issued(keys, policy, Area.BIDDING, {DecisionPoint.BIDDING_AWARD}, *others, item())
    read = read_bulletin(found.content, parsed(keys), holds)
    assert read.listings == (LISTED,)
    assert read.head == BulletinHead(GATEWAY, "BIDDING", 7, NOW, NOW + timedelta(hours=3), ("BIDDING_AWARD",))
    assert "示例建筑劳务有限公司" not in found.content.decode()


def test_what_is_published_no_more_is_in_no_later_bulletin(keys, policy):
    publishable = Publishable(item())
    use = GetBulletin(publishable, policy, keys, GATEWAY)
    points, life = {DecisionPoint.BIDDING_AWARD}, timedelta(hours=3)
    counts = [asyncio.run(use(Area.BIDDING, points, NOW, life)).listings for _ in range(2)]
    publishable.items = (item(PublishableKind.RED_LIST),)
    counts.append(asyncio.run(use(Area.BIDDING, points, NOW, life)).listings)
    assert counts == [1, 1, 0]


def test_a_point_weighs_only_in_its_area_by_the_mandate_and_more_than_a_notice(keys, policy):
    wages = {DecisionPoint.LENDING_WAGE_ACCOUNT, DecisionPoint.FUNDING_WAGE_PAYMENT}
    lending = {*wages, DecisionPoint.LENDING_APPROVAL, DecisionPoint.BIDDING_AWARD}
    assert issued(keys, policy, Area.LENDING, lending, item()).head.weighs_at == ("LENDING_APPROVAL",)
    nothing = issued(keys, policy, Area.LENDING, wages, item())
    assert (nothing.head.weighs_at, nothing.listings) == ((), 0)


@pytest.mark.parametrize(("said", "hours"), [("", 12), ("hours = 1", 1), ("hours = 72", 72)])
def test_the_life_of_a_bulletin_is_as_the_file_says(said, hours):
    assert read_bulletin_settings(Table("f", "bulletin", tomllib.loads(said))).life == timedelta(hours=hours)


@pytest.mark.parametrize("said", ["hours = 0", "hours = 73", "hours = -1", 'hours = "1"', "days = 1"])
def test_a_life_out_of_range_stops_the_start(said):
    with pytest.raises(ConfigurationError, match=re.escape("bulletin")):
        read_bulletin_settings(Table("f", "bulletin", tomllib.loads(said)))


def test_fifty_thousand_listings_are_within_what_a_reader_takes_and_beyond_one_message(keys):
    listings = [replace(LISTED, uscc=f"91420399MA{place:08d}") for place in range(50_000)]
    data = written(keys, listings=listings)
    assert 4 * 1024 * 1024 < len(data) < 16 * 1024 * 1024
    assert len(read_bulletin(data, parsed(keys), holds).listings) == 50_000


def called(agency, keys, policy, **asked):
    """Call the method as the endpoint does, and return the first message with what was told to the record."""
    use = GetBulletin(Publishable(item()), policy, keys, GATEWAY)
    call = Call(CallerSeen(agency=agency.agency_id, role=agency.role), agency, NOW)
    messages = BulletinServicer(use, timedelta(hours=1)).get_bulletin(bulletin_pb2.GetBulletinRequest(**asked), call)

    async def first():
        async for message in messages:
            return message.told
        return None

    return asyncio.run(first()), call.told


def test_a_mandate_with_purposes_wants_one_of_them_before_any_form_is_looked_at(keys, policy):
    agency = Agency(
        agency_id="trading",
        name_zh="交易中心",
        name_en="trading centre",
        role=Role.ASKING_SYSTEM,
        territory="420300",
        areas=frozenset({Area.BIDDING}),
        points=frozenset({DecisionPoint.BIDDING_AWARD}),
        purposes=frozenset({"tender"}),
    )
    with pytest.raises(PurposeNotInMandateError) as caught:
        called(agency, keys, policy, area=Area.BIDDING, purpose="other")
    assert caught.value.metadata["field"] == "purpose"
    with pytest.raises(AreaNotInMandateError):
        called(agency, keys, policy, area=Area.LENDING, purpose="other")
    recorded, told = called(agency, keys, policy, area=Area.BIDDING, purpose="tender", officer="li.wei")
    assert recorded == {}
    assert (told["area"], told["officer"], told["purpose"], told["revision"]) == (3, "li.wei", "tender", 7)
