"""A referral's story as its parties type it, with what each turn leaves: stage, clocks, the record, and who is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from e2e.referring import facts
from e2e.served import body_of, new_party, today
from google.protobuf import json_format

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.typing_referrals import Desk, Typed

    from gateway.domain.audit import Entry

AUTHORITY = "示例市人力资源和社会保障局"
AGENCIES = {
    "hrss": "hrss",
    "police": "public-security",
    "procuratorate": "procuratorate",
    "court": "intermediate-court",
    "yunxi": "public-security-yunxi",
}
TO = ("--police", "public-security", "--procuratorate", "procuratorate")
BY_DEFAULT = {"receipt": "police", "decide": "police"}
"""Who takes a step where ``--party`` does not say it; everybody else's are HRSS's."""


@dataclass(frozen=True)
class Turn:
    """What is typed, without the case's id; where the case stands then, and which clocks run."""

    typed: str
    stage: str
    runs: str = ""


@dataclass
class Story:
    """One case against an enterprise that has a listing, told by the commands of its parties."""

    desk: Desk
    referral_id: str
    evidence: Path
    court: str = ""
    """Id of the court that gets a notice."""
    listing_id: str = field(init=False)
    uscc: str = field(init=False)

    def __post_init__(self) -> None:
        """Open a listing's procedure, and write down the facts of the case."""
        self.uscc = new_party().uscc
        self.listing_id = f"L-{self.uscc}"
        ordered = today() - timedelta(days=60)
        days = {"--on": 0, "--due": 20, "--delivered": 1}
        proposed = self.desk.run(
            *self.desk.gateway_words(),
            *("listing", "propose", self.listing_id, "--authority", AUTHORITY, "--document", "示例人社监〔2026〕9号"),
            *("--uscc", self.uscc, "--proof", "回证1"),
            *(word for flag, number in days.items() for word in (flag, ordered + timedelta(days=number))),
        )
        assert proposed.code == 0, proposed
        found = facts(uscc=self.uscc, listing_id=self.listing_id)
        written = json_format.MessageToJson(found, preserving_proto_field_name=True)
        (self.desk.folder / "facts.json").write_text(written, encoding="utf-8")

    def sent(self) -> None:
        """Bring the case to the police."""
        self.take(
            Turn(f"open --facts {self.desk.folder / 'facts.json'} --report --by second", "REPORTED", "T-21/approve")
        )
        self.take(Turn("approve approval", "APPROVED", "T-22/send"))
        self.supply(self.evidence)
        notice = f" --court {self.court}" if self.court else ""
        self.take(Turn(f"send {' '.join(TO)}{notice}", "SENT"))

    def supply(self, evidence: Path) -> None:
        """Seal a folder and bring it to the gateway."""
        self.desk.done("seal", self.referral_id, evidence)
        self.desk.done("upload", self.referral_id)

    def take(self, *turns: Turn) -> None:
        """Take each turn, which must be possible and leave what it says."""
        for turn in turns:
            command, *words = turn.typed.split()
            answer = json.loads(self.desk.stepped(command, self.referral_id, *words, "--json"))
            shown = answer["referral"]
            assert shown["stage"].removeprefix("REFERRAL_STAGE_") == turn.stage, turn
            assert self.running(shown) == set(turn.runs.split()), turn
            self._require_recorded(answer, turn, command, words)

    def _require_recorded(self, answer: dict[str, Any], turn: Turn, command: str, words: list[str]) -> None:
        """The entry to which the answer leads says who took which step of which case, and where that led."""
        said = body_of(self._entry(answer))
        party = words[words.index("--party") + 1] if "--party" in words else BY_DEFAULT.get(command, "hrss")
        assert said["outcome"] == "OK"
        assert said["caller"]["agency"] == AGENCIES[party], turn
        assert (said["referral"], said["referral_stage"]) == (self.referral_id, turn.stage)
        assert said["referral_step"] == self.shown("hrss")["steps"][-1]["step"]["kind"].split("_KIND_")[1]

    def _entry(self, answer: dict[str, Any]) -> Entry:
        place = answer["audit_position"]
        (entry,) = self.desk.served.entries(int(place.get("number", 0)), place["writer"])[:1]
        return entry

    @staticmethod
    def running(shown: dict[str, Any]) -> set[str]:
        """Return the ids of the clocks that are not ended."""
        return {clock["clock_id"] for clock in shown.get("clocks", ()) if "done_on" not in clock}

    def show(self, party: str) -> Typed:
        """Type ``show`` as a party."""
        return self.desk.type("show", self.referral_id, "--json", "--party", party)

    def shown(self, party: str) -> dict[str, Any]:
        """Return the case as a party sees it."""
        shown = self.show(party)
        assert shown.code == 0, shown
        return json.loads(shown.out)

    def sees(self, party: str) -> list[str] | None:
        """Return the steps that a party is shown; None where the case is not there for it."""
        shown = self.show(party)
        if shown.code == 0:
            return [_kind(each["step"]) for each in json.loads(shown.out)["steps"]]
        assert (shown.code, "ENTERPRISE_NOT_FOUND" in shown.err) == (1, True), shown
        return None

    def hears(self, party: str) -> list[str]:
        """Return what a party receives of the case that it had not before; it is acknowledged by that."""
        lines = self.desk.done("watch", "--once", "--json", "--party", party).splitlines()
        return [_told(entry) for entry in map(json.loads, lines) if entry["referral_id"] == self.referral_id]

    def transport(self, party: str) -> str:
        """Return the first letters of how far each entry has come to a party, in their order, as HRSS is shown it.

        R relayed, D delivered, O opened.
        """
        states = {"RELAYED": "R", "DELIVERED": "D", "OPENED": "O"}
        return "".join(
            states[each["state"].removeprefix("TRANSPORT_STATE_")]
            for each in self.shown("hrss").get("transport", ())
            if each["recipient"] == AGENCIES[party]
        )

    def pay(self, *, seen: str, fen: int = 7_200_000) -> None:
        """Tell that everything was paid; *seen* is how what it means begins where the case stands."""
        proof = ("--document", "付〔2026〕1号", "--document-file", self.desk.folder / "document.pdf")
        words = ("--on", today(), "--fen", fen, "--in-full", "--compensation", *proof, "--json")
        answer = json.loads(self.desk.done("pay", self.referral_id, *words))
        said = body_of(self._entry(answer))
        assert answer["meaning"]["en"].startswith(f"{seen}:")
        assert (said["outcome"], said["caller"]["agency"], said["referral"]) == ("OK", "hrss", self.referral_id)
        assert "7200000" not in json.dumps(said), "what was paid is no matter of the record of calls"

    def barred(self) -> bool:
        """Return whether a criminal bar stands on the enterprise's listing."""
        shown = self.desk.run(*self.desk.gateway_words(), "listing", "show", self.listing_id, "--json")
        assert shown.code == 0, shown
        return "LISTING_CONDITION_CRIMINAL_BAR" in json.loads(shown.out)["standing"].get("conditions", ())

    def convicted(self) -> bool:
        """Return whether the register has a conviction of the enterprise."""
        read = self.desk.run(*self.desk.gateway_words(), "registry", "file", self.uscc, "--json")
        assert read.code == 0, read
        return '"conviction"' in read.out


def _kind(step: dict[str, Any]) -> str:
    return step["kind"].removeprefix("REFERRAL_ACT_KIND_")


def _told(entry: dict[str, Any]) -> str:
    if "payment" in entry:
        return entry["meaning"]["en"].partition(":")[0]
    if "step" not in entry:
        return "dossier"
    return _kind(entry["step"]) + (", without evidence" if entry.get("without_evidence") else "")
