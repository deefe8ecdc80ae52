"""Where the tour stops: a sample city, served under one profile from real processes. What it tells is in ``tour``."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.cli.local_city import Callers, Place, fill, prepare, sample_city, serving
from gateway.cli.tour_story import question, summary
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from jointsanctions.v1 import common_pb2

    from gateway.domain.vocabulary import DecisionPoint
    from gateway.sample.city import City

ANY_PORT: Final = "127.0.0.1:0"
CASE: Final = "JSGC-2026-17"


@dataclass(frozen=True, slots=True)
class Stop:
    """One gateway on the way, and what came out otherwise than told."""

    callers: Callers
    city: City
    made_on: date
    journal: Path
    profile: str
    surprises: list[str]

    def ask(self, uscc: str, point: DecisionPoint, what: str, expected: Verdict) -> common_pb2.Measure | None:
        """Ask as the area's own system, print the answer, and return its strongest measure."""
        who = self.callers.file.areas[point.area]
        answer = self.callers.as_caller(who).check(question(uscc, point, CASE, self.made_on.isoformat()))
        print(f"  {what}\n      {summary(answer)}")
        self.expect(what, Verdict(answer.decision.verdict), expected)
        return answer.decision.measures[0] if answer.decision.measures else None

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note when *found* is not what the tour tells."""
        if found != expected:
            self.surprises.append(f"{self.profile}: {what}: {found!r}, expected {expected!r}")


@contextmanager
def served_city(config: Path, profile: str) -> Iterator[Stop]:
    """Serve a city of its own under *profile*, in a folder that goes when the tour has passed."""
    with tempfile.TemporaryDirectory(prefix="jsg-tour-") as name:
        folder = Path(name)
        shutil.copytree(config, folder / "config")
        settings = folder / "config" / "gateway.toml"
        lines = settings.read_text(encoding="utf-8").splitlines()
        chosen = [f'profile = "{profile}"' if line.startswith("profile =") else line for line in lines]
        settings.write_text("\n".join(chosen) + "\n", encoding="utf-8")
        prepared = prepare(folder / "config", folder / "var")
        place = Place(folder / "config", prepared.settings.state)
        with serving(place, ANY_PORT) as (port, _):
            callers = Callers(place, port)
            city, made_on = sample_city(place)
            print(f"\n== {profile}: 127.0.0.1:{port}, {fill(callers, city, made_on)} records ==")
            yield Stop(callers, city, made_on, folder / "journal.sqlite", profile, [])
            callers.close()
