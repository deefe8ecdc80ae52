"""Whose certificate the console speaks with, and what it is told at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.client import GatewayClient
    from console.importing import Importer
    from console.own import Own
    from console.texts import Pair

    Names = Mapping[str, Mapping[int, Pair]]
    """Words for the numbers of the wire: ``areas``, ``points``, ``verdicts``, ``effects``."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a certificate says that its holder is; the gateway decides what that allows.

    Attributes:
        agency: The agency, as the certificate spells it.
        role: The role, likewise, such as ``"asking-system"``.
        holder: The person; empty where the certificate is a system's.
        areas: Numbers of the areas that it asks about.
    """

    agency: str
    role: str
    holder: str
    areas: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page needs.

    Attributes:
        client: The gateway, spoken to with the caller's certificate.
        caller: Whose that is.
        names: Words of the wire's numbers.
        clock: Returns the present, UTC.
        receipt_page: Makes the page of a receipt that one can read and print.
        own: What a party to referrals has of its own; None where the certificate is of no such party.
        importer: Reads and stages files of whoever submits; None where the certificate submits nothing.
    """

    client: GatewayClient
    caller: Caller
    names: Names
    clock: Callable[[], datetime]
    receipt_page: Callable[[bytes], str]
    own: Own | None = None
    importer: Importer | None = None
