"""What goes wrong with a dossier, by a reason that a program can tell apart."""

from __future__ import annotations

from enum import StrEnum


class DossierFault(StrEnum):
    """Why something of a dossier is not taken."""

    CUT_OFF = "CUT_OFF"
    """It ends before its last chunk."""
    CHANGED = "CHANGED"
    """A byte is not the one that was sealed, or another key was used."""
    CONTINUED = "CONTINUED"
    """Something follows its last chunk."""
    NOT_THE_CONTENT = "NOT_THE_CONTENT"
    """It opens, and is not what the manifest lists."""
    NOT_FOR_US = "NOT_FOR_US"
    """No key of ours opens it."""
    KEY_UNUSABLE = "KEY_UNUSABLE"
    NOT_SIGNED = "NOT_SIGNED"
    """The signature, the certificate behind it, or whom that names does not hold."""


class DossierError(Exception):
    """Something of a dossier is not taken; nothing that was opened of it is left behind.

    Attributes:
        fault: Why.
    """

    def __init__(self, fault: DossierFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault
