"""Which methods process what is known of natural persons, each under an activity of the register (I-54, I-56).

The register says why, on what basis and for whom; here is by what. A method belongs here when a message of its names a
person, or when what it tells follows from who a person is, whether or not that is told. A test finds both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.processing_register import Processing
from gateway.domain.retention import CHECKS, DERIVES

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASKED: Final = CHECKS | DERIVES | {"CreditService/CheckPerson", "CreditService/ListEndings", "CreditService/WatchCase"}
"""By which deciding systems and banks are told: in their own names (A-100), and by who is in charge (A-101, A-104)."""
_ENDINGS: Final = frozenset(
    {
        "RegistryService/ListUnacknowledgedEndings",
        "RegistryService/ListAcknowledgedEndings",
        "RegistryService/ListDecidedCases",
    }
)

METHODS: Final[Mapping[Processing, frozenset[str]]] = {
    Processing.KEEPING: frozenset(
        {
            "RegistryService/SubmitRecords",
            "RegistryService/DecideListing",
            "RegistryService/RecordDelivery",
            "RegistryService/GetEnterpriseFile",
        }
    )
    | _ENDINGS,
    Processing.ANSWERING: _ASKED,
    Processing.NON_STATE: _ASKED,
    Processing.PUBLICATION: frozenset({"RegistryService/ListPublishable"}),
    Processing.PLATFORM: frozenset({"RegistryService/WatchChanges"}),
    Processing.REFERRAL: frozenset({"CreditService/ListEndings", "AuditService/OpenEntry"}),
    Processing.WINDOW: frozenset(
        {"SubjectService/ListWhoAsked", "SubjectService/FileObjection", "SubjectService/ListOwnObjections"}
    ),
    Processing.AUDIT: frozenset(
        {
            "AuditService/SearchAccess",
            "AuditService/ExportAccess",
            "AuditService/ListAnomalies",
            "AuditService/ReplayDecision",
            "AuditService/ReplaySample",
        }
    ),
}
"""By activity: a method stands under each for which it is called."""
