"""Candidates out of the store and its index, on both databases: by code, by old code, by name, and as it changes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date

import pytest
from store_samples import RULES, SystemClock, code, fact, profile, submission

from gateway.domain.candidates import MatchKind
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.domain.name_likeness import NameDifference
from gateway.domain.records import RelationKind
from gateway.services import resolve_enterprise
from gateway.services.resolve_enterprise import ResolveEnterprise, Sought
from gateway.storage.index import TimelineIndex
from gateway.storage.registered_names import SqlRegisteredNames

TODAY = date(2026, 11, 20)
SHARED = "十堰同名商贸有限公司"
ROWS = (
    profile(1, name="十堰华建建筑工程有限公司"),
    profile(2, name="湖北示例（北京）科技有限责任公司"),
    profile(3, "3a", name="十堰旧名劳务有限公司"),
    profile(3, "3b", name="十堰新名劳务有限公司", valid_from=date(2024, 1, 1)),
    profile(4, name=SHARED),
    profile(5, name="十堰同名商贸有限责任公司"),
    profile(6, name="十堰华建建筑工程有限公司郧西分公司", head_office_uscc=code(1)),
    profile(7, name="十堰继承建设有限公司", successor_of_uscc=code(8), business_status=BusinessStatus.REVOKED),
    fact(9, "penalty"),
)


class Resolving:
    """The use case over one store, each question with an index of its own."""

    def __init__(self, history, engine):
        self._history = history
        self._registered = SqlRegisteredNames(engine)

    @asynccontextmanager
    async def served(self):
        index = TimelineIndex(self._history, RULES, SystemClock())
        index.load()
        index.start()
        try:
            yield index, ResolveEnterprise(index, index.names, self._registered)
        finally:
            await index.stop()

    def __call__(self, most=10, **sought):
        async def ask():
            async with self.served() as (_, resolve):
                return await resolve(Sought(**sought), TODAY, most, nothing)

        return asyncio.run(ask())

    def shown(self, **sought):
        return [(each.file.uscc, each.kind.name, each.identified) for each in self(**sought).candidates]


async def nothing():
    pass


@pytest.fixture
def resolving(store, history, engine):
    store.submit(submission("a", *ROWS))
    return Resolving(history, engine)


def test_a_code_finds_its_enterprise_and_a_branch_names_its_head_office(resolving):
    (branch,) = resolving(uscc=code(6)).candidates

    assert (branch.kind, branch.identified, branch.name_agrees) == (MatchKind.USCC, True, None)
    (office,) = branch.file.relations
    assert (office.kind, office.uscc, office.name) == (
        RelationKind.HEAD_OFFICE,
        code(1),
        "十堰华建建筑工程有限公司",
    )
    assert resolving.shown(uscc=code(77)) == []
    assert resolving.shown(uscc=code(9)) == [(code(9), "USCC", True)], "known by a fact alone"


def test_a_code_given_up_finds_its_successor_who_is_not_identified(resolving):
    (successor,) = resolving(uscc=code(8)).candidates

    assert (successor.file.uscc, successor.kind, successor.identified) == (code(7), MatchKind.PREDECESSOR_USCC, False)
    assert successor.file.status is BusinessStatus.REVOKED
    assert successor.file.relations[0].kind is RelationKind.PREDECESSOR


def test_a_name_beside_a_code_is_compared_and_finds_nobody(resolving):
    def agrees(name):
        return [each.name_agrees for each in resolving(uscc=code(3), name=name).candidates]

    assert agrees("十堰旧名劳务有限责任公司") == [True]
    assert agrees("十堰新名劳务有限公司") == [True]
    assert agrees(SHARED) == [False]


def test_an_old_organisation_code_never_identifies_and_says_whether_the_name_agrees(resolving):
    (alone,) = resolving(organisation_code=code(1)[8:17]).candidates
    (named,) = resolving(organisation_code=code(1)[8:17], name="十堰華建建築工程有限公司").candidates

    assert (alone.file.uscc, alone.kind, alone.identified) == (code(1), MatchKind.ORGANISATION_CODE, False)
    assert (named.identified, named.name_agrees) == (False, True)
    assert resolving.shown(organisation_code="000000000") == []


def test_a_full_name_identifies_however_it_is_written(resolving):
    assert resolving.shown(name="十堰华建建筑工程有限公司") == [(code(1), "EXACT_NAME", True)]
    assert resolving.shown(name="湖北示例(北京) 科技有限公司") == [(code(2), "EXACT_NORMALISED", True)]
    assert resolving.shown(name="湖北示例〔北京〕科技有限責任公司") == [(code(2), "EXACT_NORMALISED", True)]


def test_of_two_enterprises_of_one_name_none_is_identified(resolving):
    assert resolving.shown(name=SHARED) == [(code(4), "EXACT_NAME", False), (code(5), "EXACT_NORMALISED", False)]
    cut = resolving(most=1, name=SHARED)
    assert (len(cut.candidates), cut.left_out, cut.candidates[0].identified) == (1, True, False)


def test_a_former_name_tells_when_it_was_borne(resolving):
    (former,) = resolving(name="十堰旧名劳务有限公司").candidates

    assert (former.kind, former.identified) == (MatchKind.FORMER_NAME, True)
    assert (former.matched.since, former.matched.until) == (date(2020, 1, 1), date(2024, 1, 1))
    assert former.file.on(TODAY).name == "十堰新名劳务有限公司"


def test_what_is_only_alike_is_ordered_and_never_identified(resolving):
    found = resolving(name="湖北省十堰华建建筑工程有限公司").candidates

    assert (found[0].file.uscc, found[0].kind) == (code(1), MatchKind.SIMILAR_NAME)
    assert found[0].likeness.differences == (NameDifference.FRONT,)
    assert [each.likeness.per_mille for each in found] == sorted((x.likeness.per_mille for x in found), reverse=True)
    assert not any(each.identified for each in found)
    assert resolving.shown(name="沈阳毫不相干食品厂") == []
    assert resolving.shown(name="十堰毫不相干的一家食品厂") == [], "it shares a city with many, and no more"


def test_of_a_name_that_more_bear_than_are_looked_at_nobody_is_identified(store, history, engine, monkeypatch):
    monkeypatch.setattr(resolve_enterprise, "BEARERS", 2)
    was = profile(1, "was", name=SHARED, valid_from=date(2001, 1, 1))
    now = [profile(1, "now", name="十堰今名商贸有限公司"), *(profile(number, name=SHARED) for number in (2, 3))]
    store.submit(submission("a", was, *now))
    found = Resolving(history, engine)(most=2, name=SHARED)

    assert [each.kind for each in found.candidates] == [MatchKind.EXACT_NAME, MatchKind.FORMER_NAME]
    assert not any(each.identified for each in found.candidates), "the third bears it too"


def test_names_are_found_from_when_their_revision_is_served(store, history, engine):
    store.submit(submission("a", *ROWS))

    async def renamed():
        async with Resolving(history, engine).served() as (index, resolve):

            async def found(name):
                candidates = (await resolve(Sought(name=name), TODAY, 10, nothing)).candidates
                return [(each.file.uscc, each.kind.name) for each in candidates if each.likeness is None]

            before = await found("十堰改名建设有限公司")
            later = profile(1, "later", name="十堰改名建设有限公司", valid_from=date(2026, 1, 1))
            store.submit(submission("b", later, profile(20, name="十堰新来建设有限公司")))
            assert await index.reach(history.head(), 20)
            names = ("十堰改名建设有限公司", "十堰华建建筑工程有限公司", "十堰新来建设有限公司")
            return before, [await found(name) for name in names]

    assert asyncio.run(renamed()) == (
        [],
        [[(code(1), "EXACT_NAME")], [(code(1), "FORMER_NAME")], [(code(20), "EXACT_NAME")]],
    )


def test_a_process_that_is_asked_for_no_name_reads_none(store, history, engine):
    store.submit(submission("a", *ROWS))

    async def by_code():
        async with Resolving(history, engine).served() as (index, resolve):
            assert (await resolve(Sought(uscc=code(1)), TODAY, 10, nothing)).candidates
            store.submit(submission("b", profile(20)))
            assert await index.reach(history.head(), 20)
            return len(index.names)

    assert asyncio.run(by_code()) == 0
