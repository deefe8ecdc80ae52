"""Texts as the templates ask for them: in the language of the session, Chinese unless English was chosen."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from console.texts import texts
from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from datetime import datetime

    from google.protobuf.timestamp_pb2 import Timestamp
    from jointsanctions.v1 import common_pb2

    from console.caller import Names
    from console.texts import Pair

LANGUAGES: Final = ("zh", "en")


class Words:
    """The texts of one language."""

    def __init__(self, language: str, names: Names) -> None:
        """Speak *language*, one of ``LANGUAGES``; *names* are words of the wire's numbers."""
        self.language = language
        self._at = LANGUAGES.index(language)
        self._names = names

    def __call__(self, name: str, /, **given: object) -> str:
        """Return a text such as ``"check.title"`` with what is *given* put in.

        Raises:
            KeyError: There is no such text, or it needs something that is not given.
        """
        section, _, text = name.rpartition(".")
        return texts(f"console.{section}")[text][self._at].format(**given)

    def of(self, kind: str, number: int) -> str:
        """Return the word of a number of the wire, such as ``("areas", 3)``; the number where it has none."""
        found = self._names[kind].get(number)
        return self.pair(found) if found is not None else str(number)

    def pair(self, pair: Pair) -> str:
        """Return a text that is there in both languages."""
        return pair[self._at]

    def said(self, text: common_pb2.LocalizedText) -> str:
        """Return a text that the gateway sent in both languages."""
        return text.en if self.language == "en" else text.zh

    @staticmethod
    def stamp(stamp: Timestamp) -> str:
        """Return an instant of the wire as local time, Asia/Shanghai."""
        return Words.instant(stamp.ToDatetime(tzinfo=UTC))

    @staticmethod
    def instant(at: datetime) -> str:
        """Return an instant, in whatever zone, as local time, Asia/Shanghai."""
        return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
