"""Why no answer was given.

::

    GatewayError
    ├── MalformedRequestError       a field is missing, malformed or out of range
    ├── CallerUnknownError          a genuine certificate that names no caller of ours
    ├── CertificateRejectedError    a certificate that is not acceptable
    ├── OfficerAssertionRejectedError    no acceptable word for the officer who is named
    ├── NotPermittedError
    │   ├── RoleNotPermittedError
    │   ├── AreaNotInMandateError
    │   ├── FieldNotInMandateError
    │   ├── PurposeNotInMandateError
    │   ├── TerritoryNotInMandateError
    │   ├── MandateNotInForceError
    │   ├── AuthorizationMissingError
    │   └── SecondPersonRequiredError
    ├── EnterpriseNotFoundError
    ├── StateError
    ├── SubmissionIncompleteError
    ├── StagingRequiredError
    ├── DifferenceChangedError
    ├── RequestIdReusedError
    ├── QuotaExceededError
    ├── DeadlinePassedError
    ├── AuditUnavailableError       the record cannot be written, so nothing is answered
    ├── StoreUnavailableError
    ├── MethodUnknownError
    └── UnexpectedError             a fault of ours; carries an incident number only

They know nothing of gRPC. ``reason`` is published (``error_reason.proto``); whatever varies is in ``metadata``. A
refusal to go ahead is an answer and none of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from gateway.domain.officers import AssertionFault


class GatewayError(Exception):
    """Base of all: ``reason`` is stable, ``metadata`` holds everything variable, as text."""

    reason: ClassVar[str]

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata

    def __reduce__(self) -> tuple[object, ...]:
        """Pass from one process to another as it is, however its class is made."""
        return _made_again, (type(self), self.message, self.__dict__)


def _made_again(kind: type[GatewayError], message: str, state: dict[str, object]) -> GatewayError:
    error = kind.__new__(kind, message)
    error.__dict__.update(state)
    return error


class MalformedRequestError(GatewayError):
    """A field of the request cannot be understood; ``field`` is its path on the wire."""

    reason = "MALFORMED_REQUEST"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}", field=field, why=why)
        self.field = field


class CallerUnknownError(GatewayError):
    """The certificate is genuine and its name is nobody's here."""

    reason = "CALLER_UNKNOWN"


class CertificateRejectedError(GatewayError):
    """The certificate is not acceptable; ``why`` says which rule it fails."""

    reason = "CERTIFICATE_REJECTED"

    def __init__(self, why: str) -> None:
        super().__init__(f"certificate rejected: {why}", why=why)


class OfficerAssertionRejectedError(GatewayError):
    """Nothing that is acceptable speaks for the officer of the call; ``why`` says what is wrong with what was sent."""

    reason = "OFFICER_ASSERTION_REJECTED"

    def __init__(self, why: AssertionFault) -> None:
        super().__init__(f"officer assertion rejected: {why}", why=str(why))


class NotPermittedError(GatewayError):
    """The caller is known and may not do this."""


class RoleNotPermittedError(NotPermittedError):
    """The method is not for the caller's role."""

    reason = "ROLE_NOT_PERMITTED"


class AreaNotInMandateError(NotPermittedError):
    """The mandate does not cover the area or the decision point."""

    reason = "AREA_NOT_IN_MANDATE"


class FieldNotInMandateError(NotPermittedError):
    """The mandate does not cover a field of the request."""

    reason = "FIELD_NOT_IN_MANDATE"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}", field=field, why=why)


class PurposeNotInMandateError(NotPermittedError):
    """The mandate names the purposes that may be stated, and this is none of them."""

    reason = "PURPOSE_NOT_IN_MANDATE"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}", field=field, why=why)


class TerritoryNotInMandateError(NotPermittedError):
    """The mandate is bound to its territory, and the project lies outside."""

    reason = "TERRITORY_NOT_IN_MANDATE"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}", field=field, why=why)


class MandateNotInForceError(NotPermittedError):
    """The caller's mandate does not hold at this moment; ``why`` is EXPIRED or NOT_YET_VALID."""

    reason = "MANDATE_NOT_IN_FORCE"


class AuthorizationMissingError(NotPermittedError):
    """A case number or an authorisation is needed and missing (A-120, R-04)."""

    reason = "AUTHORIZATION_MISSING"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}", field=field, why=why)


class SecondPersonRequiredError(NotPermittedError):
    """Another person has to agree, by a certificate of its own; ``why`` says what is wrong with this one."""

    reason = "SECOND_PERSON_REQUIRED"


class EnterpriseNotFoundError(GatewayError):
    """No record is held, where one is needed."""

    reason = "ENTERPRISE_NOT_FOUND"


class StateError(GatewayError):
    """The object is in a state that does not allow what is wanted."""

    reason = "STATE"


class SubmissionIncompleteError(GatewayError):
    """A submission ended and had not said that it was complete; what was stored of it stands."""

    reason = "SUBMISSION_INCOMPLETE"


class StagingRequiredError(GatewayError):
    """What is sent to this feed is staged and approved first."""

    reason = "STAGING_REQUIRED"


class DifferenceChangedError(GatewayError):
    """The register has moved so that the import would change something else than what was shown."""

    reason = "DIFFERENCE_CHANGED"


class RequestIdReusedError(GatewayError):
    """The request id was used for other content."""

    reason = "REQUEST_ID_REUSED"


class QuotaExceededError(GatewayError):
    """Too many calls; ``retry_after_ms`` says after how many milliseconds to ask again."""

    reason = "QUOTA_EXCEEDED"


class DeadlinePassedError(GatewayError):
    """The call was not answered in its time."""

    reason = "DEADLINE_PASSED"


class AuditUnavailableError(GatewayError):
    """The record of the call cannot be made durable."""

    reason = "AUDIT_UNAVAILABLE"


class StoreUnavailableError(GatewayError):
    """The store cannot be reached."""

    reason = "STORE_UNAVAILABLE"


class MethodUnknownError(GatewayError):
    """There is no such method."""

    reason = "METHOD_UNKNOWN"


class UnexpectedError(GatewayError):
    """A fault of the gateway; its log has the rest under the incident number."""

    reason = "UNEXPECTED"
