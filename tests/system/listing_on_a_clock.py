"""One listing of one enterprise, led and asked about with ``jsg`` alone while the clock moves.

``look`` asks in all nine areas where the listing weighs most, each as the system that decides there, and remembers the
answers; ``asked_again`` has HRSS ask the same about the same instants, afterwards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from e2e.served import HRSS
from google.protobuf import json_format

from gateway.cli.tour_story import HEAVIEST
from gateway.domain.vocabulary import Area, DecisionPoint, Effect
from gateway.sample.records import profile

HOUR = "示例市人力资源和社会保障局"
NOTHING = dict.fromkeys(HEAVIEST, Effect.NONE)
"""What weighs in each area when no listing does."""
FACTS = {
    Area.FUNDING: ("fund_kind=NEW_GRANT",),
    Area.PROCUREMENT: ("tender_document_names_list=true", "form=SINGLE", "cutoff_rule=NOT_FIXED"),
    Area.BIDDING: (
        "project_region=420302",
        "must_be_tendered=true",
        "state_funds=true",
        "form=SINGLE",
        "cutoff_rule=NOT_FIXED",
    ),
    Area.GUARANTEE: ("security_kind=WAGE_DEPOSIT", "contract_amount_fen=100000000"),
    Area.QUALIFICATION: ("application_kind=UPGRADE", "application_date=2026-03-01"),
}
BUSY = {"STALE_NODE", "REVISION_NOT_REACHED"}
"""Doubts of a machine that has much else to do."""
CODES = {0, 3, 4, 5}
"""Exit codes of an answer."""


@dataclass(frozen=True)
class Answer:
    """What an answer says: its moment, its verdict, and every measure behind it."""

    as_of: str
    verdict: str
    measures: tuple[dict, ...]
    doubts: tuple[str, ...]

    @classmethod
    def of(cls, told):
        decision = told["decision"]
        return cls(
            told["basis"]["as_of"],
            decision["verdict"].removeprefix("VERDICT_"),
            tuple(decision.get("measures", ())),
            tuple(decision.get("unverifiable_because", ())),
        )

    def effect(self, listing_id):
        """Return how strongly the listing weighs in it."""
        found = (each["effect"] for each in self.measures if each.get("record_id") == listing_id)
        return max((Effect[effect.removeprefix("EFFECT_")] for effect in found), default=Effect.NONE)

    def holds(self, other, *, but=()):
        """Tell whether it says all that *other* says: HRSS is shown more of a record than a deciding system (R-02).

        *but* names what may differ, such as when a measure ends, which a later act of the authority changes.
        """
        shown = [{name: value for name, value in each.items() if name not in but} for each in other.measures]
        return (
            self.verdict == other.verdict
            and [{name: mine.get(name) for name in theirs} for mine, theirs in zip(self.measures, shown, strict=True)]
            == shown
        )

    def whole(self):
        return self.verdict, self.measures


class Listed:
    """An enterprise, the procedure of its listing, and every answer about it so far."""

    POINT = DecisionPoint.AWARDS_CONFERRAL
    """Where ``look_once`` asks."""

    def __init__(self, city, party, known_since):
        self.city, self.party = city, party
        self.listing_id = f"L-{party.uscc}"
        self.persons = city.folder / f"{party.uscc}.csv"
        self.persons.write_text("RESIDENT_ID,11010519491231002X,示例甲\n", encoding="utf-8")
        self.revision = 0
        self.seen = []
        self.send("market_regulation", profile(party, known_since))

    def send(self, feed, *records):
        """Import *records* as the producer of *feed*, and confirm all feeds."""
        lines = [json.dumps(json_format.MessageToDict(record), ensure_ascii=False) for record in records]
        file = self.city.folder / f"{self.party.uscc}.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")
        self.city.jsg("import", "--feed", feed, file)
        self.revision = self.city.confirm()

    def step(self, command, *words, document="示例人社监〔2026〕9号"):
        """Take a step today; return where the listing then stands."""
        said = ["--authority", HOUR, "--document", document, "--officer", "officer-7"]
        told = self.city.json("listing", *self._placed(command, words), *said)
        self.revision = int(told["data_revision"])
        return told["standing"]

    def refused(self, command, *words):
        """Try a step today; return what it says that it was refused for."""
        said = ["--authority", HOUR, "--document", "示例〔1〕号"]
        code, text, complaint = self.city.run("listing", *self._placed(command, words), *said)
        assert (code, text) == (1, ""), (text, complaint)
        return complaint

    def _placed(self, command, words):
        act, rest = ([words[0]], words[1:]) if words and not str(words[0]).startswith("-") else ([], words)
        return [command, *act, self.listing_id, *rest]

    def stage(self):
        """Return where it stands today: its stage, then its conditions."""
        standing = self.city.json("listing", "show", self.listing_id)["standing"]
        conditions = [each.removeprefix("LISTING_CONDITION_") for each in standing.get("conditions", ())]
        return [standing["stage"].removeprefix("LISTING_STAGE_"), *conditions]

    def question(self, point, *words, caller=""):
        """Return the command line that asks at *point*."""
        area = point.area
        facts = [word for fact in FACTS.get(area, ()) for word in ("--fact", fact)]
        name = point.name.removeprefix(f"{area.name}_").lower().replace("_", "-")
        case = ["--area", area.name.lower(), "--point", name, "--case", "JSGC-2026-17", "--officer", "officer-7"]
        asking = ["--as", caller] if caller else []
        return [*asking, "check", self.party.uscc, *case, *facts, "--fresh", self.revision, *words, "--json"]

    def ask(self, point, *words, caller=""):
        """Ask at *point*, at least as fresh as the last step; a node that is behind for a moment is asked again."""
        line = self.question(point, *words, caller=caller)
        while True:
            code, text, complaint = self.city.run(*line)
            assert code in CODES, complaint
            answer = Answer.of(json.loads(text))
            if not answer.doubts or {doubt.partition(":")[0] for doubt in answer.doubts} - BUSY:
                return answer

    def look(self):
        """Ask in all nine areas now, remember the answers, and return how strongly the listing weighs in each."""
        answers = {point: self.ask(point) for point in HEAVIEST}
        assert [answer.doubts for answer in answers.values() if answer.doubts] == []
        self.seen.append(answers)
        return self.effects(answers)

    def look_once(self):
        """Ask in one area now, and remember nothing."""
        return self.ask(self.POINT)

    def effects(self, answers):
        return {point: answer.effect(self.listing_id) for point, answer in answers.items()}

    def outlook(self, moment):
        """Return what each area is told of a moment that lies ahead."""
        ahead = ["--preview", "--as-of", moment.isoformat()]
        return {point: self.ask(point, *ahead) for point in HEAVIEST}

    def asked_again(self, *, known_then):
        """Yield each answer so far, with what HRSS is told about its instant now; knowing what was known then."""
        for answers in self.seen:
            for point, answer in answers.items():
                moments = ["--as-of", answer.as_of, *(["--known-at", answer.as_of] if known_then else [])]
                yield answer, self.ask(point, *moments, caller=HRSS)
