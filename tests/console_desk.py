"""A console with a gateway of the test's own behind it, for tests that need no real one."""

from __future__ import annotations

from datetime import UTC, datetime

from console_browser import HOST, Browser
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import candidate_pb2, case_pb2, common_pb2, credit_pb2, outcome_pb2

from console.app import Console
from console.caller import Caller, Desk
from console.sessions import Sessions
from gateway.cli.console_names import CONSOLE_NAMES

NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
CODE = "91420300MA10004470"
BIDDING, GUARANTEE = common_pb2.AREA_BIDDING, common_pb2.AREA_GUARANTEE
SCRIPT = "<script>alert(1)</script>有限公司"


def stamp(at=NOW):
    found = Timestamp()
    found.FromDatetime(at)
    return found


def measure(**parts):
    whole = {
        "rule_id": "A-125-1",
        "trigger": common_pb2.TRIGGER_GRADE_B,
        "effect": common_pb2.EFFECT_REVIEW,
        "party_uscc": CODE,
        "relation": "SELF",
        "legal_basis": [
            common_pb2.LegalBasis(
                document="示政发〔2026〕1号",
                article="12",
                level="LOCAL_REG",
                title=common_pb2.LocalizedText(zh="示例办法", en="Sample measures"),
            )
        ],
        "authority": "示例市人力资源和社会保障局",
        "document_number": "示人社〔2026〕3号",
        "listed_on": "2026-03-01",
        "ends_by": common_pb2.LocalizedText(zh="等级变化", en="The grade changes"),
        "remedy": common_pb2.LocalizedText(zh="申请复核", en="Ask for a review"),
        "instruction": common_pb2.LocalizedText(zh="重点审查", en="Review it"),
    }
    return common_pb2.Measure(**{**whole, **parts})


def answer(verdict=common_pb2.VERDICT_CLEAR, name="示例建设有限公司", measures=()):
    decision = credit_pb2.Decision(
        verdict=verdict,
        measures=measures,
        enterprise=common_pb2.IdentifiedEnterprise(uscc=CODE, name=name, known=True),
        valid_until=stamp(),
    )
    place = common_pb2.AuditPosition(writer="gw1-0", number=17, leaf_hash=b"\x01" * 32, recorded_at=stamp())
    return credit_pb2.CheckEligibilityResponse(
        decision=decision, basis=common_pb2.AnswerBasis(as_of=stamp()), audit_position=place
    )


class PlayedGateway:
    """Answers as it was told to, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answer = answer()
        self.candidates = candidate_pb2.ResolveEnterpriseResponse()
        self.missing = outcome_pb2.ListMissingOutcomesResponse()
        self.events = []
        self.cases = [case_pb2.ListCasesResponse()]
        self.gate = credit_pb2.ClearAwardResponse()
        self.error = None

    def _told(self, request, said):
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return said

    def check(self, request):
        return self._told(request, self.answer)

    def resolve(self, request):
        return self._told(request, self.candidates)

    def missing_outcomes(self, request):
        return self._told(request, self.missing)

    def report_outcome(self, request):
        return self._told(request, outcome_pb2.ReportOutcomeResponse(outcome_id="o-1"))

    def credit(self, rpc, request, kind):
        assert rpc == "AcknowledgeCaseEvent"
        return self._told(request, kind())

    def list_cases(self, request):
        return self._told(request, self.cases[int(request.page_token or 0)])

    def clear_award(self, request):
        return self._told(request, self.gate)

    def watch_case(self, request):
        self._told(request, None)
        life = case_pb2.WatchCaseResponse(heartbeat=case_pb2.CaseHeartbeat(sequence=0, at=stamp()))
        yield life
        for event in self.events:
            if event.sequence > request.after_sequence:
                yield case_pb2.WatchCaseResponse(event=event)
        yield life
        raise AssertionError("nobody looks further than the first sign of life after the events")


class Desktop:
    """A console, its clock, the gateway behind it, and a browser before it."""

    played = PlayedGateway

    def __init__(
        self, role="asking-system", holder="", areas=(BIDDING, GUARANTEE), gateway=None, own=None, importer=None
    ):
        self.seconds, self.now = 1000.0, NOW
        self.gateway = gateway or self.played()
        self.sessions = Sessions(holder, lambda: self.seconds)
        caller = Caller("public-resources-trading", role, holder, areas)
        desk = Desk(
            self.gateway,
            caller,
            CONSOLE_NAMES,
            lambda: self.now,
            lambda receipt: f"page of {len(receipt)} bytes",
            own,
            importer,
        )
        self.console = Console(desk, self.sessions, HOST)
        self.browser = Browser(self.console.app)

    def path(self, path):
        """Return the address of a page."""
        return self.console.base + path

    def opened(self, officer="officer-7"):
        """Let the browser in, and say who uses it; returns the browser."""
        self.browser.follow(self.browser.get(f"/open/{self.sessions.link()}"))
        self.browser.get(self.path("/officer"))
        if officer:
            assert self.browser.post(self.path("/officer"), {"officer": officer}).status == 303
        return self.browser

    def get(self, path, **headers):
        return self.browser.get(self.path(path), **headers)

    def post(self, path, fields=None, **headers):
        return self.browser.post(self.path(path), fields, **headers)

    def asked(self, fields=None, point="BIDDING_REGISTRATION"):
        """Ask the question of a form, and return the page that it leads to."""
        whole = {"uscc": CODE, "case_ref": "JSGC-2026-17", **(fields or {})}
        return self.browser.follow(self.post(f"/check/{point}", whole))
