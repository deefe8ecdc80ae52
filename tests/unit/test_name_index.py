"""The names in memory: found by the whole and by parts, and who comes back takes no more room."""

from __future__ import annotations

import asyncio

import pytest
from store_samples import code

from formats.names import normalise_name
from gateway.domain.errors import StoreUnavailableError
from gateway.services.ports.register import Indexed
from gateway.storage import name_index
from gateway.storage.name_index import NameIndex


class Held:
    """Enterprises by code, and the index of their names."""

    def __init__(self, *named):
        self.enterprises = {}
        self.index = NameIndex(self.enterprises.get)
        for number, names in enumerate(named):
            self.put(number, *names)

    def put(self, number, *names):
        found = self.enterprises[code(number)] = Indexed(code(number), names, nonconforming=False, compute=None)
        self.index.add([found])

    def bearing(self, name):
        return [each.uscc for each in self.index.bearing(normalise_name(name))]

    def near(self, name, turn=None):
        async def nothing():
            pass

        found = asyncio.run(self.index.near(normalise_name(name), 10, turn or nothing))
        return {each.uscc for each in found}


def test_present_and_former_names_are_found_in_order_of_code():
    held = Held(["甲建设有限公司", "乙建设有限公司"], ["甲建设有限责任公司"], ["丙建设有限公司"])

    assert held.bearing("甲建設有限公司") == [code(0), code(1)]
    assert held.bearing("乙建设有限公司") == [code(0)]
    assert held.bearing("甲建设") == []


def test_who_is_gone_or_renamed_is_not_found_by_what_was():
    held = Held(["甲建设有限公司"], ["乙建设有限公司"])
    del held.enterprises[code(0)]
    held.put(1, "丙建设有限公司")

    assert held.bearing("甲建设有限公司") == held.bearing("乙建设有限公司") == []
    assert held.bearing("丙建设有限公司") == [code(1)]
    assert held.near("甲建设有限公司") == {code(1)}


def test_who_comes_back_takes_no_more_room():
    held = Held(["甲建设有限公司", "乙建设有限公司"])
    before = len(held.index)
    for _ in range(3):
        del held.enterprises[code(0)]
        held.put(0, "甲建设有限公司", "乙建设有限公司")

    assert len(held.index) == before == 3, "two names and the organisation code"
    assert held.bearing("乙建设有限公司") == [code(0)]


def test_two_names_of_one_enterprise_in_one_bucket_are_both_found(monkeypatch):
    monkeypatch.setattr(name_index, "_bucket", lambda _key: 7)
    held = Held(["甲建设有限公司"])
    held.put(0, "甲建设有限公司", "乙商贸有限公司")

    assert held.bearing("乙商贸有限公司") == [code(0)]
    assert held.near("乙商贸厂") == {code(0)}


def test_an_organisation_code_is_no_name():
    held = Held(["甲建设有限公司"])

    assert [each.uscc for each in held.index.with_organisation_code(code(0)[8:17])] == [code(0)]
    assert held.index.with_organisation_code(code(1)[8:17]) == []
    assert held.bearing(code(0)[8:17]) == []


@pytest.mark.parametrize(
    "sought", ["十堰华健建筑有限公司", "华建建筑", "（十堰）华建建筑有限公司", "湖北省十堰市华建建筑厂"]
)
def test_names_that_share_parts_are_near(sought):
    held = Held(["十堰华建建筑有限公司"], ["武汉示例食品厂"])

    assert code(0) in held.near(sought)


def test_a_pair_that_half_a_city_shares_is_looked_through_only_when_there_is_no_rarer_one(monkeypatch):
    monkeypatch.setattr(name_index, "SUSPECTS", 5)
    held = Held(*([f"十堰{number}"] for number in range(10)), ["十堰华建"])

    assert held.near("十堰华建") == {code(10)}
    assert len(held.near("十堰")) == 10


def test_others_get_their_turn_between_the_steps_of_a_search(monkeypatch):
    monkeypatch.setattr(name_index, "STEP", 3)
    turns = []

    async def turn():
        turns.append(1)

    held = Held(*([f"十堰华建{number}"] for number in range(5)))
    held.near("十堰华建建设", turn)

    assert len(turns) >= 3


def test_names_are_read_in_parts_and_only_once_somebody_waits(monkeypatch):
    monkeypatch.setattr(name_index, "READING_SECONDS", 0)
    monkeypatch.setattr(name_index, "AT_ONCE", 1)
    held = Held()
    held.enterprises |= {code(n): Indexed(code(n), (f"甲{n}",), nonconforming=False, compute=None) for n in range(3)}
    assert not held.index.read_some(held.enterprises)
    held.index.follow(held.enterprises.values())
    assert len(held.index) == 0

    async def waited():
        waiting = asyncio.create_task(held.index.ready())
        parts = 0
        while not waiting.done():
            await asyncio.sleep(0)
            parts += held.index.read_some(held.enterprises)
        return parts

    assert asyncio.run(waited()) == 3
    assert held.bearing("甲2") == [code(2)]
    held.enterprises[code(9)] = Indexed(code(9), ("乙",), nonconforming=False, compute=None)
    held.index.follow([held.enterprises[code(9)]])
    assert held.bearing("乙") == [code(9)]


def test_whoever_waits_in_vain_for_the_names_is_told_so():
    with pytest.raises(StoreUnavailableError, match="still being read"):
        asyncio.run(Held().index.ready(0.01))


def test_a_name_that_cannot_be_read_leaves_nobody_out_unseen():
    held = Held()
    held.enterprises |= {code(n): Indexed(code(n), (f"甲{n}",), nonconforming=False, compute=None) for n in range(3)}
    broken = held.enterprises[code(1)] = Indexed(code(1), (" ",), nonconforming=False, compute=None)

    async def waited():
        waiting = asyncio.create_task(held.index.ready())
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(ValueError, match="empty"):
                held.index.read_some(held.enterprises)
        assert not waiting.done()
        held.enterprises[code(1)] = Indexed(broken.uscc, ("乙",), nonconforming=False, compute=None)
        assert not held.index.read_some(held.enterprises)
        await waiting

    asyncio.run(waited())
    assert [held.bearing(name) for name in ("甲0", "乙", "甲2")] == [[code(0)], [code(1)], [code(2)]]


def test_what_changes_while_names_are_read_is_not_missed(monkeypatch):
    monkeypatch.setattr(name_index, "READING_SECONDS", 0)
    monkeypatch.setattr(name_index, "AT_ONCE", 1)
    held = Held()
    held.enterprises |= {code(n): Indexed(code(n), (f"甲{n}",), nonconforming=False, compute=None) for n in range(3)}

    async def waited():
        waiting = asyncio.create_task(held.index.ready())
        await asyncio.sleep(0)
        assert held.index.read_some(held.enterprises)
        new = held.enterprises[code(9)] = Indexed(code(9), ("乙",), nonconforming=False, compute=None)
        held.index.follow([new])
        while held.index.read_some(held.enterprises):
            pass
        await waiting

    asyncio.run(waited())
    assert held.bearing("乙") == [code(9)]
