"""What is said of a broken link: the shape of it, and words that several links share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.domain.policy import LocalizedText as Both


@dataclass(frozen=True, slots=True)
class Advice:
    """One broken link in words; what is wrong in English is what was found."""

    wrong_zh: str
    known: Both
    do: Both


RENEW: Final = Both("运行 jsg pki renew 换发", "renew it: jsg pki renew")
NTP: Final = Both("用 NTP 校准本机时钟", "set this machine's clock by NTP")
