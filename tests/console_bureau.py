"""A console before an officer of HRSS, with what a gateway of the test's own has on record."""

from __future__ import annotations

from datetime import UTC, datetime

from console_desk import CODE, SCRIPT, Desktop, PlayedGateway, stamp
from jointsanctions.v1 import (
    clock_pb2,
    common_pb2,
    early_warning_pb2,
    ending_pb2,
    grade_pb2,
    import_batch_pb2,
    listing_pb2,
    outcome_pb2,
    record_pb2,
)
from jointsanctions.v1 import enterprise_file_pb2 as file_pb

from console import listing_steps
from console.importing import Imported

STEPS = frozenset(step.rpc for step in listing_steps.STEPS.values())
DECISIONS = frozenset({"ApproveImport", "DiscardImport", "RevokeImport"})
LETTER_B = common_pb2.GRADE_LETTER_B


def at(day):
    """Return the first instant of a civil day, as the wire has it."""
    return stamp(datetime.fromisoformat(f"{day}T00:00:00+08:00").astimezone(UTC))


def complaint(number, accepted, verified="", order="", **parts):
    """Return a version of a complaint that is on record."""
    said = record_pb2.VerifiedComplaint(
        accepted_on=accepted, verified_on=verified or accepted, payment_order_number=order
    )
    whole = {
        "kind": "complaint",
        "record_id": f"c-{number}",
        "record": record_pb2.Record(complaint=said, document_number=f"查〔2026〕{number}号"),
        "holds_from": accepted,
        "holding": file_pb.HOLDING_HOLDS,
        "recorded_from": number,
    }
    return file_pb.FileVersion(**{**whole, **parts})


def scheme(facts=(), **parts):
    """Return a scheme's explanation that weighs."""
    whole = {
        "scheme": "shiyan-15333",
        "scheme_version": "1",
        "letter": LETTER_B,
        "period": "24 months",
        "territory": "420300",
        "rule_id": "G-04",
        "facts": facts,
        "explanation": common_pb2.LocalizedText(zh="窗口内有六件", en="Six in the window"),
    }
    history = [
        grade_pb2.GradeStretch(letter=common_pb2.GRADE_LETTER_A, rule_id="G-04", until=at("2026-06-01")),
        grade_pb2.GradeStretch(letter=LETTER_B, rule_id="G-04", since=at("2026-06-01"), until=at("2027-03-01")),
        grade_pb2.GradeStretch(letter=common_pb2.GRADE_LETTER_A, rule_id="G-04", since=at("2027-03-01")),
    ]
    return grade_pb2.SchemeExplanation(weighs=True, grade=common_pb2.Grade(**{**whole, **parts}), history=history)


class PlayedBureau(PlayedGateway):
    """Answers HRSS's readings, a page after the other."""

    def __init__(self):
        super().__init__()
        self.file = [file_pb.GetEnterpriseFileResponse(data_revision=9, as_of=stamp())]
        self.grades = grade_pb2.ExplainGradeResponse(
            enterprise=common_pb2.IdentifiedEnterprise(uscc=CODE, name=SCRIPT, known=True),
            schemes=[scheme()],
            basis=common_pb2.AnswerBasis(as_of=stamp(), data_revision=9),
        )
        self.clocks = [clock_pb2.ListClocksResponse()]
        self.listing = listing_pb2.GetListingResponse()
        self.imports = import_batch_pb2.ListImportsResponse()
        self.waits = {}
        self.batch = import_batch_pb2.GetImportResponse()
        self.endings = [ending_pb2.ListUnacknowledgedEndingsResponse()]
        self.acknowledged = [ending_pb2.ListAcknowledgedEndingsResponse()]
        self.decided = [outcome_pb2.ListDecidedCasesResponse()]
        self.warnings = [early_warning_pb2.ListEarlyWarningsResponse()]

    def explain_grade(self, request):
        """Explain a grade."""
        return self._told(_copy(request), self.grades)

    def registry(self, rpc, request, kind, *, patient=False):
        """Answer a method of the registry; a page is found by its number, which is its token."""
        assert patient is (rpc in {"GetImport", *DECISIONS})
        if rpc in DECISIONS:
            return self._told(_copy(request), kind(**self.waits.get(rpc, {})))
        if rpc in {"ListImports", "GetImport"}:
            return self._told(_copy(request), self.imports if rpc == "ListImports" else self.batch)
        if rpc == "GetListing":
            return self._told(_copy(request), self.listing)
        if rpc in STEPS:
            return self._told(_copy(request), kind())
        pages = {
            "GetEnterpriseFile": self.file,
            "ListClocks": self.clocks,
            "ListEarlyWarnings": self.warnings,
            "ListUnacknowledgedEndings": self.endings,
            "ListAcknowledgedEndings": self.acknowledged,
            "ListDecidedCases": self.decided,
        }[rpc]
        number = int(request.page_token or 0)
        page = kind()
        page.CopyFrom(pages[number])
        page.next_page_token = str(number + 1) if number + 1 < len(pages) else ""
        return self._told(_copy(request), page)


class PlayedImporter:
    """Answers as it was told to what it is given to stage, and remembers it."""

    def __init__(self):
        self.sources, self.officers = [], []
        self.refused, self.columns, self.batch, self.problem = (), ("编号", "日期"), "batch-1", ("", "")

    def mappings(self):
        """Return two mappings."""
        return [("complaints", "Complaints"), ("arrears", f"Arrears {SCRIPT}")]

    def stage(self, source, officer):
        """Stage a file."""
        self.sources.append(source)
        self.officers.append(officer)
        return Imported(source, self.batch, 3, 2, 0, self.columns, self.refused, self.problem, b"line,field\r\n")


class Bureau(Desktop):
    """A console of HRSS, which an officer has opened."""

    played = PlayedBureau

    def __init__(self):
        self.importer = PlayedImporter()
        super().__init__(role="producer", importer=self.importer)
        self.opened()

    def read(self, **fields):
        """Read a file, and return the page that it leads to."""
        return self.browser.follow(self.post("/file", {"uscc": CODE, "case_ref": "DC-1", **fields}))


def _copy(request):
    kept = type(request)()
    kept.CopyFrom(request)
    return kept
