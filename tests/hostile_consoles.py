"""The consoles of all roles before a gateway that tells nothing but what somebody typed to do harm."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console_audit import AuditGateway, Auditing, access
from console_bureau import PlayedImporter
from console_crawl import Crawl
from console_desk import Desktop
from google.protobuf import json_format
from hostile_texts import CODE, TEXTS, Filler
from jointsanctions.v1 import (
    audit_pb2,
    case_pb2,
    common_pb2,
    credit_pb2,
    early_warning_pb2,
    enterprise_file_pb2,
    receipt_pb2,
    volume_pb2,
)
from justice_desk import CASE, JusticeDesktop, entry, step

from adapters import client
from adapters.client import GatewayClient
from adapters.justice.case_data import KIND
from console.importing import RefusedRow
from console.steps import FORMS
from formats.civil import parse_date
from formats.dossier import Material
from formats.receipt import Receipt, encode_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from console.importing import Imported, Source

AWARDS = f'case,uscc,awarded,area,row\n"<script>alert(1)</script>",{CODE},2026-11-01,bidding,=1+1\n'.encode()
WORD = json_format.MessageToJson(
    credit_pb2.ClearAwardRequest(
        officer=TEXTS[0],
        area=common_pb2.AREA_BIDDING,
        case_ref=TEXTS[1],
        part=TEXTS[2],
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
        applicant=case_pb2.CaseApplicant(enterprise=common_pb2.EnterpriseRef(uscc=CODE, name=TEXTS[0])),
        emergency=credit_pb2.AwardEmergency(
            reason=TEXTS[3],
            document_number=TEXTS[4],
            first=common_pb2.AuditPosition(writer="gw1-0", number=3, leaf_hash=bytes(32)),
        ),
    )
).encode()
AWARD = common_pb2.DECISION_POINT_BIDDING_AWARD
NOT_GONE_OVER = {("POST", "/officer"), ("POST", "/language")}
"""They change whose the visit is, and how it speaks."""
FILES = {"awards": AWARDS, "word": WORD, "file": ("<img src=x>.csv", b"=1+1,2\r\n")}


class HostileGateway:
    """Answers every call with a message of its kind, full of hostile texts."""

    def __init__(self) -> None:
        self.filler = Filler()

    def __getattr__(self, name: str) -> Any:
        said = getattr(GatewayClient, name).__annotations__["return"]
        module, _, kind = said.partition(".")

        def answered(*given: Any, **_: Any) -> Any:
            # Of a method that is called by its name the caller says what is answered.
            said = self.filler.filled(getattr(getattr(client, module), kind)() if kind else given[2]())
            further(given[1] if name in {"credit", "registry"} else given[0], said)
            if isinstance(said, early_warning_pb2.ListEarlyWarningsResponse):
                said.warnings.extend(list(said.warnings) * 20)
            if isinstance(said, enterprise_file_pb2.GetEnterpriseFileResponse):
                said.revisions[0].revision = 1
                for version in said.versions:
                    version.recorded_from = 1
            return said

        return answered

    def receipt(self, request: Any) -> Any:  # noqa: ARG002 - the client's own
        """Return a receipt whose parts are texts that were typed."""
        typed = TEXTS[0].encode()
        content = encode_receipt(Receipt(typed, bytes(16), b"", None, b"", ""))
        return receipt_pb2.GetReceiptResponse(receipt=content)

    def list_cases(self, request: Any) -> Any:
        """Tell open cases at the award, with events."""
        found = further(request, self.filler.filled(case_pb2.ListCasesResponse()))
        for each in found.cases:
            each.case.ClearField("closed_at")
            each.case.case_id, each.case.area, each.case.decision_point = "c-1", common_pb2.AREA_BIDDING, AWARD
            each.first_sequence = each.last_sequence = 1
        return found

    def clear_award(self, request: Any) -> Any:
        """Clear what two persons ask for; of everything else something is missing."""
        found = self.filler.filled(credit_pb2.ClearAwardResponse())
        two, one = request.emergency.HasField("first"), request.HasField("emergency")
        gap = credit_pb2.AWARD_GAP_SECOND_PERSON_MISSING if one else credit_pb2.AWARD_GAP_RESTRICTED
        found.clearance = credit_pb2.AWARD_CLEARANCE_CLEARED if two else credit_pb2.AWARD_CLEARANCE_NOT_CLEARED
        for party in found.parties:
            party.gaps[:] = [] if two else [gap]
        return found

    def watch_case(self, request: Any) -> Any:
        """Tell one event of the case, and a sign of life."""
        event = self.filler.filled(case_pb2.CaseEvent())
        event.sequence, event.case_id = request.after_sequence + 1, "c-1"
        event.ClearField("acknowledged_at")
        life = case_pb2.WatchCaseResponse(heartbeat=case_pb2.CaseHeartbeat(sequence=1))
        yield from (life, case_pb2.WatchCaseResponse(event=event), life)


class HostileAudit(AuditGateway):
    """A log that holds, and everything else hostile."""

    def __init__(self) -> None:
        super().__init__()
        self.filler = Filler()

    def search_access(self, request: Any) -> Any:
        """Tell calls of one place that is in the log."""
        found = further(request, audit_pb2.SearchAccessResponse())
        found.entries.extend(self.filler.overlaid(access()) for _ in TEXTS)
        return found

    def audit(self, rpc: str, request: Any, kind: Any) -> Any:
        """Answer; what proves something, from the log."""
        if rpc.startswith(("GetCheckpoint", "GetInclusion", "GetConsistency", "SignReview")):
            return super().audit(rpc, request, kind)
        if rpc == "CountQuestions":
            days = (parse_date(request.until_on) - parse_date(request.since_on)).days + 1
            series = [volume_pb2.QuestionSeries(agency=text, questions=[1] * days) for text in TEXTS]
            return volume_pb2.CountQuestionsResponse(series=series)
        return further(request, self.filler.filled(kind()))


def further(request: Any, said: Any) -> Any:
    """Let there be one page after the first."""
    if "next_page_token" in said.DESCRIPTOR.fields_by_name:
        said.next_page_token = "" if request.page_token else "1"
    return said


class HostileImporter(PlayedImporter):
    """Stages whatever it is given, but for a row that is full of hostile texts."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = tuple(TEXTS)
        self.refused = (RefusedRow(2, tuple(TEXTS), (TEXTS[0],), (TEXTS[1], TEXTS[2])),)

    def stage(self, source: Source, officer: str) -> Imported:
        """Stage a file; its rejects file is as the real one writes it, harmless, and handed over as it is."""
        return replace(super().stage(source, officer), rejects=b"line,field\r\n2,'=1+1\r\n")


def deciding(role: str) -> Crawl:
    """Go over the console of whoever decides, or of HRSS."""
    areas = (common_pb2.AREA_BIDDING,)
    importer = HostileImporter() if role == "producer" else None
    desktop = Desktop(role=role, areas=areas, gateway=HostileGateway(), importer=importer)
    desktop.opened(TEXTS[1])
    return Crawl(desktop, FILES).over()


def auditing() -> Crawl:
    """Go over the console of an auditor."""
    desktop = Auditing()
    gateway = HostileAudit()
    object.__setattr__(desktop.console._desk, "client", gateway)
    return Crawl(desktop, FILES).over()


def justice(authority: Any, folder: Path, role: str = "police") -> Crawl:
    """Go over the console of a party to referrals, with a case, its inbox and a dossier."""
    desktop = JusticeDesktop(authority, folder, role)
    desktop.gateway.allow(*FORMS)
    for place, text in enumerate(TEXTS, 3):
        said = step("NON_FILING", reasons=text, document_number=text, officers=[text])
        desktop.gateway.case.steps.add(step=said, agency="police", recorded_at=said.at)
        desktop.gateway.entries = [*desktop.gateway.entries, entry(place, step=said)]
    titles = {"kind": KIND, "referral_id": CASE, "facts": {}, "titles": {"order": TEXTS[0], "letter": TEXTS[1]}}
    desktop.played.seal("order", TEXTS[0].encode(), Material.ORDER)
    desktop.played.seal("letter", TEXTS[1].encode(), Material.REFERRAL_LETTER)
    desktop.played.seal("data", json.dumps(titles).encode(), Material.CASE_DATA)
    desktop.played.send()
    return Crawl(desktop, FILES).over()
