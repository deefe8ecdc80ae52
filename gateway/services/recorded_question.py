"""The question of a recorded check, read back from its entry: the reverse of what ``rpc.questions`` tells the record.

What the record does not hold is never supplied: a question of which something that can weigh is missing is no question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from formats.civil import parse_date, parse_instant
from formats.identifiers import UsccError, parse_uscc
from gateway.domain.call_record import body_of_item
from gateway.domain.case_facts import FACT_TYPES, CaseFacts
from gateway.domain.eligibility import INCOMPLETE, Question
from gateway.domain.records import RelationKind
from gateway.domain.replay import ReplayHindrance
from gateway.domain.vocabulary import Area, DecisionPoint, Word
from gateway.services.check_eligibility import Asked, Item
from gateway.services.freshness import SourceAge
from gateway.services.identify import NamedParty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HASHED: Final = "sha256:"
"""Before a name that had no room: what it was cannot be known."""
MICROSECOND: Final = timedelta(microseconds=1)


class NotReplayableError(Exception):
    """Too little is recorded to ask again."""

    def __init__(self, why: ReplayHindrance) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True, slots=True)
class RecordedFreshness:
    """How fresh an answer was when it was given, instead of how fresh one would be now; see ``Freshness``."""

    doubts: tuple[str, ...]
    ages: tuple[SourceAge, ...]
    lag: timedelta
    bound: datetime
    complete: bool
    """False for entries from before freshness was recorded: the response cannot be made again."""
    reach_wait: timedelta = timedelta()

    def look(
        self, _register: object, _now: datetime, _about: datetime | None = None
    ) -> tuple[tuple[str, ...], tuple[SourceAge, ...], timedelta]:
        """Return what was doubted, the feeds' ages and the lag of then."""
        return self.doubts, self.ages, self.lag

    def valid_until(self, _as_of: datetime, _now: datetime, _ages: Sequence[SourceAge]) -> datetime:
        """Return the bound that freshness set."""
        return self.bound


@dataclass(frozen=True, slots=True)
class RecordedQuestion:
    """A question as it was asked, and how fresh its answer was."""

    batch: bool
    area: Area
    asked: Asked
    items: tuple[Item, ...]
    ids: tuple[str, ...]
    """The caller's ids of the items of a batch; one empty text of a single question."""
    consent: bool
    purposes: frozenset[str]
    """What was stated as the purpose, of the items together; an empty text where none was."""
    rules: str
    """Digest of the rules that answered."""
    freshness: RecordedFreshness


def read_question(body: Mapping[str, Any], said: Sequence[Mapping[str, Any]], *, batch: bool) -> RecordedQuestion:
    """Return the question that *body* records.

    Args:
        body: Of the entry of an answered check.
        said: The lines of its items, in order; of a single question the body itself.
        batch: Whether it was a batch.

    Raises:
        NotReplayableError: Something that can weigh is not recorded, or cannot be understood.
    """
    try:
        as_of = parse_instant(body["as_of"])
        known_at = parse_instant(body["known_at"]) if "known_at" in body else None
        # An answer about the cut-off of a case rests on what was still so when it was asked.
        asked_at = parse_instant(body["cutoff_asked_at"]) if "cutoff_asked_at" in body else as_of
        point = DecisionPoint(body["point"])
        return RecordedQuestion(
            batch=batch,
            area=Area(body["area"]),
            asked=Asked(asked_at, as_of, known_at, bool(body.get("preview")), 0, "cutoff_asked_at" in body),
            items=tuple(_item(point, each, explain=bool(body.get("explain"))) for each in said),
            ids=tuple(str(each.get("id", "")) if batch else "" for each in said),
            consent="authorization" in body,
            purposes=frozenset(str(body_of_item(body, each).get("purpose", "")) for each in said),
            rules=str(body["rules"]),
            freshness=_freshness(body, said[0], as_of),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise NotReplayableError(ReplayHindrance.UNREADABLE) from error


def _item(point: DecisionPoint, said: Mapping[str, Any], *, explain: bool) -> Item:
    codes = [str(code) for code in said["enterprises"]]
    if "names_sha256" in said:
        raise NotReplayableError(ReplayHindrance.NAMES_NOT_RECORDED)
    names = said.get("names") or [""] * len(codes)
    if any(name.startswith(HASHED) for name in names):
        raise NotReplayableError(ReplayHindrance.NAMES_NOT_RECORDED)
    relations = said.get("relations")
    if relations is None:
        if len(codes) > 1:
            raise NotReplayableError(ReplayHindrance.RELATIONS_NOT_RECORDED)
        relations = [RelationKind.SELF.value]
    parties = tuple(
        NamedParty(code, name, RelationKind(relation), _conforms(code), "enterprise")
        for code, name, relation in zip(codes, names, relations, strict=True)
    )
    facts = {name: _fact(FACT_TYPES[name], value) for name, value in said.get("facts", {}).items()}
    return Item(Question(point, CaseFacts(**facts), explain), parties)


def _conforms(code: str) -> bool:
    try:
        return parse_uscc(code).code == code
    except UsccError:
        return False


def _fact(kind: type[Any], value: Any) -> Any:  # noqa: ANN401 - of the type that the fact has
    """Return a case fact as it was sent; the reverse of how ``rpc.questions`` tells it."""
    if kind is datetime:
        return parse_instant(value)
    if kind is date:
        return parse_date(value)
    if issubclass(kind, Word):
        return kind(value)
    return int(value) if kind is int else kind(value)


def _freshness(body: Mapping[str, Any], first: Mapping[str, Any], as_of: datetime) -> RecordedFreshness:
    """Return how fresh the answer was; what decisions doubt of themselves is left for them to doubt again."""
    doubts = tuple(each for each in first.get("doubts", ()) if not each.startswith((INCOMPLETE, "+")))
    told = body.get("freshness")
    if told is None:
        return RecordedFreshness(doubts, (), timedelta(), as_of, complete=False)
    ages = tuple(
        SourceAge(feed, None if age is None else int(age) * MICROSECOND, int(limit) * MICROSECOND)
        for feed, age, limit in told["feeds"]
    )
    return RecordedFreshness(
        doubts, ages, int(told["lag_us"]) * MICROSECOND, parse_instant(told["until"]), complete=True
    )
