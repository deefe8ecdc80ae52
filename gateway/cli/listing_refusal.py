"""A refused step of a listing in words, Chinese and English, beside what the gateway said for programs.

It explains and decides nothing: whatever this version does not know is shown as the gateway named it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.cli.listing_texts import ACTS, CONDITIONS, HINDRANCES, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.errors import GatewayError
    from gateway.cli.listing_commands import Command
    from gateway.domain.vocabulary import Word


def explain(error: GatewayError, command: Command) -> Iterator[str]:
    """Yield the lines that explain *error* to whoever typed *command*; none where nothing can be added."""
    told = error.metadata
    if error.reason == "STATE":
        until = f" → {told['until']}" if "until" in told else ""
        wanted, why = _word(ACTS, told.get("wanted", "")), _word(HINDRANCES, told.get("why", ""))
        yield f"  未办 refused    {wanted}: {why}{until}"
        stage, *conditions = told.get("state", "").split("+")
        yield f"  现状 stands     {_word(STAGES, stage)}"
        for condition in conditions:
            yield f"  状况 condition  {_word(CONDITIONS, condition)}"
        for allowed in filter(None, told.get("allowed", "").split(",")):
            yield f"  可办 next       {_word(ACTS, allowed)}"
    flags = {field: flag for flag, field, _ in command.options}
    if (field := told.get("field", "")) in flags:
        yield f"  选项 option     --{flags[field]}: {told.get('why', '')}"


def _word(words: Mapping[Word, str], name: str) -> str:
    return next((text for word, text in words.items() if word.name == name), name)
