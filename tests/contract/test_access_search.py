"""Finding recorded calls, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import random
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from audit_calls import ANY, KEY, NOON, body, found, line, record

from gateway.domain.audit import Draft
from gateway.services.ports.audit import AccessFilter
from gateway.storage.access_index import AccessIndex
from gateway.storage.access_query import page
from gateway.storage.access_token import Place
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_tables import to_microseconds
from gateway.storage.engine import reading

pytest_plugins = ("audit_places",)


def test_the_newest_call_comes_first_and_a_batch_before_its_items(place, key_file):
    batch = Draft(body(case="C-1"), [line(0, "U0", verdict=1), line(1, "U1", "U2", verdict=3)])
    record(place, Draft(body(verdict=1, enterprises=["U9"])), batch, Draft(body(outcome="MALFORMED_REQUEST")))

    rows, following = AccessIndex(place, key_file).search(ANY, 10, "")

    assert [(row.entry.number, row.item) for row in rows] == [(2, None), (1, None), (1, 0), (1, 1), (0, None)]
    assert [row.line and row.line["id"] for row in rows] == [None, None, "bidder-0", "bidder-1", None]
    assert {row.content["case"] for row in rows[1:4]} == {"C-1"}
    assert rows[4].content["enterprises"] == ["U9"]
    assert rows[4].entry.envelope.startswith(b'{"body":')
    assert following == ""


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"uscc": "U1"}, [(2, 0), (0, None)]),
        ({"uscc": "U3"}, [(2, 1)]),
        ({"uscc": "U"}, []),
        ({"agency": "procurement"}, [(1, None)]),
        ({"officer": "w-17"}, [(2, None), (2, 0), (2, 1)]),
        ({"case_ref": "C-2"}, [(2, None), (2, 0), (2, 1), (1, None)]),
        ({"area": 4}, [(1, None)]),
        ({"verdict": 3}, [(2, 1), (0, None)]),
        ({"outcome": "AREA_NOT_IN_MANDATE"}, [(3, None)]),
        ({"since": NOON + timedelta(seconds=2)}, [(3, None), (2, None), (2, 0), (2, 1)]),
        ({"until": NOON + timedelta(seconds=2)}, [(1, None), (0, None)]),
        ({"uscc": "U1", "verdict": 3}, [(0, None)]),
        ({"uscc": "U1", "case_ref": "C-2"}, [(2, 0)]),
        ({"agency": "bidding", "verdict": 1}, [(2, 0)]),
    ],
)
def test_each_condition_finds_its_calls(place, key_file, wanted, numbers):
    record(
        place,
        Draft(body(enterprises=["U1"], verdict=3)),
        Draft(body(caller={"agency": "procurement"}, case="C-2", area=4, point=2, enterprises=["U2"], verdict=2)),
        Draft(body(officer="w-17", case="C-2"), [line(0, "U1", verdict=1), line(1, "U2", "U3", verdict=3)]),
        Draft(body(outcome="AREA_NOT_IN_MANDATE", caller={})),
    )

    assert found(AccessIndex(place, key_file), AccessFilter(**wanted))[0] == numbers


def some_call(randomness):
    def content():
        optional = {
            "officer": randomness.choice(["", "w-1", "w-2"]),
            "case": randomness.choice(["", "C-1", "C-2"]),
            "area": randomness.randrange(3),
        }
        return {key: value for key, value in optional.items() if value}

    def asked():
        usccs = randomness.sample(["U1", "U2", "U3"], randomness.randint(1, 2))
        return {"enterprises": usccs, "verdict": randomness.randint(1, 3)}

    agency = {"caller": {"agency": randomness.choice(["bidding", "lending"])}}
    if randomness.random() < 0.2:
        shared = content() if randomness.random() < 0.6 else {"area": 1}
        own = dict if len(shared) > 1 else content  # of all items, or of each
        lines = [line(item) | asked() | {**own(), "area": 3} for item in range(randomness.randint(1, 4))]
        return Draft(body(**agency, **shared), lines)
    if randomness.random() < 0.2:
        return Draft(body(**agency, **content(), outcome="ROLE_NOT_PERMITTED"))
    return Draft(body(**agency, **content(), **asked()))


def expected(queues, wanted):
    """Search without an index: look at every row there is."""
    rows = []
    for writer, calls in queues.items():
        for number, (time, draft) in enumerate(calls):
            for rank, said in [(0, draft.body), *((-1 - item, each) for item, each in enumerate(draft.lines))]:
                call = draft.body
                own = {**call, **{key: said[key] for key in ("case", "officer") if key in said}}
                holds = [
                    not wanted.uscc or wanted.uscc in said.get("enterprises", []),
                    not wanted.agency or wanted.agency == call["caller"]["agency"],
                    not wanted.officer or wanted.officer == own.get("officer"),
                    not wanted.case_ref or wanted.case_ref == own.get("case"),
                    not wanted.area or wanted.area == call.get("area"),
                    not wanted.verdict or wanted.verdict == said.get("verdict"),
                    not wanted.outcome or wanted.outcome == call["outcome"],
                    wanted.since is None or wanted.since <= time,
                    wanted.until is None or time < wanted.until,
                ]
                if all(holds):
                    rows.append((time, writer, number, rank))
    return [(writer, number, -rank - 1 if rank else None) for _, writer, number, rank in sorted(rows, reverse=True)]


def test_any_conditions_in_pages_of_any_size_find_what_looking_at_everything_finds(place, key_file):
    """
    Two writers record at the same instants, so that time alone does not order the rows.
    """
    randomness = random.Random(20261124)  # noqa: S311 - a repeatable sample
    queues = {}
    for writer in ("node-1.0", "node-1.1"):
        times = sorted(NOON + timedelta(seconds=randomness.randrange(30)) for _ in range(60))
        queues[writer] = [(time, some_call(randomness)) for time in times]
        record(place, *(draft for _, draft in queues[writer]), writer=writer, times=times)
    index = AccessIndex(place, key_file)
    choices = {
        "uscc": ["U1", "U2"],
        "agency": ["bidding"],
        "officer": ["w-1"],
        "case_ref": ["C-1"],
        "area": [1, 2],
        "verdict": [1, 3],
        "outcome": ["OK", "ROLE_NOT_PERMITTED"],
        "since": [NOON + timedelta(seconds=5)],
        "until": [NOON + timedelta(seconds=20)],
    }
    hits = 0
    for _ in range(40):
        names = randomness.sample(sorted(choices), randomness.randint(0, 4))
        wanted = AccessFilter(**{name: randomness.choice(choices[name]) for name in names})
        size = randomness.choice([17, 1_000])
        rows, token = index.search(wanted, size, "")
        while token:
            more, token = index.search(wanted, size, token)
            rows += more
        assert [(row.entry.writer, row.entry.number, row.item) for row in rows] == expected(queues, wanted)
        hits += len(rows)
    assert hits > 200


def test_calls_recorded_between_two_pages_neither_appear_nor_repeat_others(place, key_file):
    record(place, *[Draft(body())] * 4)
    index = AccessIndex(place, key_file)
    first, token = found(index, size=2)
    record(place, *[Draft(body())] * 3)
    second, last = found(index, size=2, token=token)

    assert (first, second, last) == ([(3, None), (2, None)], [(1, None), (0, None)], "")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: ("A" if token[0] != "A" else "B") + token[1:],
        lambda token: token[:-4],
        lambda token: token + "A",
        lambda token: token + "=",
        lambda token: token + "\n",
        lambda _: "x",
        lambda _: "令牌",
        lambda _: "A" * 40,
    ],
)
def test_a_token_that_was_changed_is_none(tmp_path, key_file, spoil):
    place = FolderPlace(tmp_path / "audit")
    record(place, *[Draft(body())] * 3)
    index = AccessIndex(place, key_file)
    _, token = found(index, size=1)

    with pytest.raises(ValueError, match="token"):
        index.search(ANY, 1, spoil(token))
    index.close()


def test_a_token_is_good_for_its_own_search_only(tmp_path, key_file):
    place = FolderPlace(tmp_path / "audit")
    record(place, *[Draft(body())] * 3)
    index = AccessIndex(place, key_file)
    _, token = found(index, size=1)
    values = {"area": 1, "verdict": 1, "since": NOON, "until": NOON}
    for field in fields(AccessFilter):
        with pytest.raises(ValueError, match="another search"):
            index.search(replace(ANY, **{field.name: values.get(field.name, "x")}), 1, token)
    assert found(index, size=2, token=token)[0] == [(1, None), (0, None)]
    with pytest.raises(ValueError, match="at least one row"):
        index.search(ANY, 0, "")
    index.close()


LEADING = (
    ({"case_ref"}, "case_ref=?"),
    ({"uscc"}, "uscc=?"),
    ({"officer"}, "officer_key=?"),
    ({"refused", "verdict"}, "outcome=? AND verdict=?"),
    ({"agency", "refused"}, "agency=? AND outcome=?"),
    ({"refused"}, "outcome=?"),
    ({"agency", "verdict"}, "agency=? AND verdict=?"),
    ({"agency", "area"}, "agency=? AND area=?"),
    ({"agency"}, "agency=?"),
    ({"verdict"}, "verdict=?"),
    ({"area"}, "area=?"),
    ({"answered"}, "outcome=?"),
    (set(), ""),
)
CONDITIONS = {"uscc": "U", "agency": "a", "officer": "o", "case_ref": "c", "area": 1, "verdict": 1}
OUTCOMES = {"answered": {"outcome": "OK"}, "refused": {"outcome": "QUOTA_EXCEEDED"}, "": {}}


def test_every_page_is_read_along_the_index_that_leaves_the_fewest_rows(tmp_path, key_file):
    """
    Whatever is combined: no table is scanned from end to end, and nothing is sorted.
    """
    index = AccessIndex(FolderPlace(tmp_path), key_file)
    after = Place(to_microseconds(NOON), "node-1.0", 1, 0)
    with reading(index._engine) as connection:
        for count, begin, outcome in itertools.product(range(len(CONDITIONS) + 1), (None, after), OUTCOMES):
            for names in itertools.combinations(CONDITIONS, count):
                chosen = {name: CONDITIONS[name] for name in names} | OUTCOMES[outcome]
                wanted = AccessFilter(**chosen, since=NOON, until=NOON)
                statement = page(wanted, KEY, begin, 10).compile(connection, compile_kwargs={"literal_binds": True})
                plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
                leading = next(shown for needed, shown in LEADING if needed <= {*names, outcome})

                assert plan[0].startswith("SEARCH"), (names, outcome, plan)
                assert f"({leading}" in plan[0], (names, outcome, plan)
                assert "time_us" in plan[0], (names, outcome, plan)
                assert not any("SCAN access" in step or "TEMP" in step for step in plan), (names, outcome, plan)
    index.close()
