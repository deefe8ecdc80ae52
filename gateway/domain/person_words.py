"""The closed lists of words in questions and answers about natural persons; numbers are the contract's."""

from __future__ import annotations

from gateway.domain.vocabulary import Word


class PersonCapacity(Word):
    """In whose name a person acts (A-100)."""

    OWN_NAME = 1
    FOR_ENTERPRISE = 2


class PersonMatch(Word):
    """How surely what weighs is the person's that was asked about (I-21, I-23)."""

    EXACT = 1
    PROBABLE = 2
    """Type and number agree and the name does not: never a restriction."""
    NONE = 3


class PersonConditionKind(Word):
    """What has to be done before it is decided about a person."""

    OFFICER_CONFIRMS = 1
    """No machine alone restricts a person (I-53)."""
    CONFIRM_IDENTITY = 2
    """The name or the identity is in doubt (I-23, X-02)."""
