"""Both sides of one adapter at once: asks it in front, writes the script behind it, and knows what passed."""

from __future__ import annotations

import secrets
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import common_pb2

from gateway.conformance.codes import MOST, invented
from gateway.conformance.errors import UnpreparedError
from gateway.conformance.sayings import Saying
from gateway.conformance.script import Line, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.conformance.areas import TestArea
    from gateway.conformance.asking import Asker, Reply
    from gateway.conformance.folder import Prepared
    from gateway.conformance.serving import ScriptedGateway

OFFICER: Final = "conformance"
_RUNS: Final = 100_000
"""A run takes its enterprises from a stretch of its own, so that an adapter with a journal knows none of them."""
_STRETCH: Final = 8000


class Stage:
    """One run against one adapter; may be shared by threads."""

    def __init__(self, prepared: Prepared, asker: Asker, script: Script, gateway: ScriptedGateway) -> None:
        self.prepared = prepared
        self.asker = asker
        self.script = script
        self.gateway = gateway
        self.restart: Callable[[], None] | None = None
        self._run = secrets.token_hex(4)
        self._first = secrets.randbelow(_RUNS) * _STRETCH % (MOST - _STRETCH)
        self._codes = count()
        self._cases = count(1)
        self._lock = Lock()

    @property
    def area(self) -> TestArea:
        """The area."""
        return self.prepared.area

    def code(self) -> str:
        """Return the code of an enterprise that was not asked about before."""
        with self._lock:
            return invented(self._first + next(self._codes))

    def case(self) -> str:
        """Return the number of a new case."""
        with self._lock:
            return f"CK-{self._run}-{next(self._cases)}"

    def key(self) -> str:
        """Return a new idempotency key."""
        return f"ck-{self._run}-{secrets.token_hex(8)}"

    def write(self, code: str, saying: Saying, point: int | None = None, as_about: str = "") -> None:
        """Have *saying* said about *code* at the final act, or at *point*."""
        self.script.write(code, self.area.act if point is None else point, Line(saying, as_about))

    def question(self, case: str, point: int) -> dict[str, Any]:
        """Return the shared part of a request."""
        said: dict[str, Any] = {
            "decisionPoint": common_pb2.DecisionPoint.Name(point),  # type: ignore[arg-type]  # one of its numbers
            "caseRef": case,
            "officer": OFFICER,
        }
        return said | ({"caseFacts": dict(self.area.facts)} if self.area.facts else {})

    def consortium(self, case: str) -> dict[str, Any] | None:
        """Return the question as a consortium puts it; None where the area has no forms of taking part."""
        question = self.question(case, self.area.act)
        facts = {name: dict(each) for name, each in self.area.facts.items()}
        having = [each for each in facts.values() if "form" in each]
        for each in having:
            each["form"] = "PARTICIPATION_FORM_CONSORTIUM"
        return {**question, "caseFacts": facts} if having else None

    def check(self, code: str, case: str, point: int | None = None, **more: Any) -> Reply:  # noqa: ANN401 - JSON values
        """Ask about one enterprise, at the final act or at *point*."""
        asked = {
            "question": self.question(case, self.area.act if point is None else point),
            "enterprise": {"uscc": code},
        }
        return self.asker.post("/v1/checks", {**asked, **more})

    def batch(self, codes: Sequence[str], case: str) -> Reply:
        """Ask about many of one case."""
        items = [{"itemId": f"i{i}", "enterprise": {"uscc": code}} for i, code in enumerate(codes)]
        return self.asker.post("/v1/check-batches", {"question": self.question(case, self.area.act), "items": items})

    def before(self, code: str, case: str) -> None:
        """Have the enterprise cleared at the step before the final act, where the area has one.

        Raises:
            UnpreparedError: It was not cleared.
        """
        if self.area.before is None:
            return
        self.write(code, Saying(), self.area.before)
        reply = self.check(code, case, self.area.before)
        if not went_ahead(reply):
            raise UnpreparedError(f"the step before was not cleared: {reply.told()}")

    def grant_body(self, code: str, case: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
        """Return the request for the final act."""
        return {"question": self.question(case, self.area.act), "enterprise": {"uscc": code}, **more}

    def grant(self, body: Mapping[str, Any], key: str = "") -> Reply:
        """Ask for the final act, under a key of its own or under *key*."""
        return self.asker.post("/v1/grants", body, key or self.key())

    def record(self, number: object) -> Reply:
        """Ask what the adapter keeps of a check."""
        return self.asker.get(f"/v1/checks/{number}")

    def receipt(self, number: object) -> Reply:
        """Ask for the receipt of a check."""
        return self.asker.get(f"/v1/receipts/{number}?officer={OFFICER}")


def went_ahead(reply: Reply) -> bool:
    """Return whether a reply to a check lets anybody go ahead; only an explicit no in a 2xx is one."""
    if not reply.fine:
        return False
    body = reply.body
    return body.get("mayProceed") is not False or body.get("standing") in {"CLEARED", "OBSERVED"}
