"""Histories invented from a seed, many and fast: what ``test_store_laws`` draws by hypothesis, without its shrinking.

One group is four enterprises with records, listings, persons and attachments of their own; ids and names are few, so
that rows meet. The same seed gives the same history.
"""

from __future__ import annotations

import functools
import random
from datetime import date, timedelta

from snapshot_checks import Round
from store_samples import NOON, act, attach, code, fact, held, profile

from gateway.domain.vocabulary import ListingActKind

IN_GROUP = 4
DAYS = (date(2026, 1, 1), date(2026, 1, 2))
SKEWS = tuple(timedelta(milliseconds=off) for off in (-900, -1, 0, 1, 900))
KINDS = ("complaint", "published_notice", "five_systems")
NAMES = ("无码公司", "无碼 公司", "(无码) 公司", "无号公司")
ACTS = (ListingActKind.DECISION, ListingActKind.DELIVERY, ListingActKind.REPAIR)
CONFIRMS, REPEATS = 0.15, 0.2


def numbers_of(group):
    """The numbers of a group's enterprises."""
    return range(IN_GROUP * group + 1, IN_GROUP * (group + 1) + 1)


def invent(seed, groups):
    """Return the rounds of *groups* histories that share a store."""
    draw = random.Random(seed)  # noqa: S311 - an invented history is no secret
    return tuple(_round(draw, groups) for _ in range(draw.randint(1, 6)))


def _round(draw, groups):
    rows = [(group, _row(draw, group)) for group in range(groups) for _ in range(draw.randint(1, 6))]
    if groups > 1:
        draw.shuffle(rows)
    until = NOON + timedelta(days=draw.randint(-1, 1)) if draw.random() < CONFIRMS else None
    return Round(tuple(rows), draw.choice(SKEWS), draw.random() < 0.5, draw.random() < REPEATS, until)


def _row(draw, group):
    return draw.choice((_profile, _fact, _notice, _attachment, _act))(draw, group)


def _number(draw, group):
    return draw.choice(numbers_of(group))


def _code(draw, group):
    return code(_number(draw, group)) if draw.random() < 0.5 else None


@functools.lru_cache(maxsize=100_000)
def _made(builder, *arguments, **changes):
    """Return a row as *builder* makes it: rows never change, and what is drawn often is made once."""
    return builder(*arguments, **changes)


def _profile(draw, group):
    return _made(
        profile,
        _number(draw, group),
        f"{group}-e{draw.randint(1, 4)}",
        name=draw.choice("甲乙"),
        valid_from=draw.choice(DAYS),
        representative_key=draw.choice((None, f"{group}-p1", f"{group}-p2")),
        head_office_uscc=_code(draw, group),
        successor_of_uscc=_code(draw, group),
    )


def _record_id(draw, group):
    return f"{group}-{draw.choice(('x', 'n1', 'n2'))}"


def _fact(draw, group):
    return _made(
        fact, _number(draw, group), draw.choice(KINDS), _record_id(draw, group), document_number=draw.choice("一二")
    )


def _notice(draw, group):
    return _made(held, _record_id(draw, group), draw.choice(NAMES), published_on=draw.choice(DAYS))


def _attachment(draw, group):
    return _made(attach, _number(draw, group), _record_id(draw, group), f"{group}-a{draw.randint(1, 2)}")


def _act(draw, group):
    kind, listing = draw.choice(ACTS), f"{group}-L{draw.randint(1, 3)}"
    persons = tuple(f"{group}-p{n}" for n in (1, 2) if draw.random() < 0.5)
    return _made(
        act,
        _number(draw, group),
        kind,
        draw.choice(DAYS),
        listing_id=listing,
        act_id=f"{listing}/{draw.randint(1, 2)}",
        persons=persons if kind is ListingActKind.DECISION else (),
    )
