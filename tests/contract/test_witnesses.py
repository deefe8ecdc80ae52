"""Witnesses over HTTP, with logs on SQLite and on PostgreSQL: what is cosigned, what is refused, what is believed."""

from __future__ import annotations

import pytest
from audit_calls import DRAFT, record
from integrated_logs import ORIGIN
from plain_witness import NAME, SEEN_AT, PlainWitness, serving

from formats.note import SignatureKind, decode_note, parse_key, verify_note
from gateway.integrator.witnesses import HttpWitness
from gateway.security.log_keys import holds
from gateway.services.ask_witness import AskWitness, WitnessError
from gateway.services.prove_entries import ProveEntries

pytest_plugins = ("audit_places",)


@pytest.fixture
def witness():
    """A witness that knows no log yet."""
    return PlainWitness()


@pytest.fixture
def ask(site, witness):
    """What asks it, over a real socket."""
    with serving(witness) as url:
        yield AskWitness(site.store(), site.store(), HttpWitness(str(witness.key), url), holds)


def test_a_checkpoint_is_cosigned_and_kept(site, witness, ask):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.know(state.key)
    cosigned = ask(state)

    assert (cosigned.origin, cosigned.size, cosigned.time) == (ORIGIN, 2, SEEN_AT)
    held = verify_note(decode_note(cosigned.note), [parse_key(state.key), witness.key], holds)
    assert [(each.key.name, each.time) for each in held] == [(ORIGIN, None), (NAME, SEEN_AT)]
    assert site.store().cosigned(ORIGIN) == [cosigned]
    assert ask(state) == cosigned
    assert len(witness.requests) == 1


def test_the_next_checkpoint_is_proven_to_follow(site, witness, ask):
    for count in (3, 300, 1):
        record(site.place, *[DRAFT] * count)
        state = site.integrate()
        witness.know(state.key)
        assert ask(state).size == state.size
    assert [request.partition(b"\n")[0] for request in witness.requests] == [b"old 0", b"old 4", b"old 304"]
    assert [each.size for each in site.store().cosigned(ORIGIN)] == [305]


def test_a_witness_that_knows_another_size_is_asked_again_from_there(site, witness, ask):
    record(site.place, DRAFT)
    first = site.integrate()
    witness.know(first.key)
    ask(first)
    site.store().keep(site.store().last(ORIGIN, str(witness.key)).__class__(ORIGIN, str(witness.key), 1, b"x", 0))
    record(site.place, DRAFT)

    assert ask(site.integrate()).size == 3
    assert [request.partition(b"\n")[0] for request in witness.requests] == [b"old 0", b"old 1", b"old 2"]


def test_a_receipt_shows_the_witness_once_it_has_seen_the_entry(site, witness, ask):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.know(state.key)
    ask(state)
    record(site.place, DRAFT)
    site.integrate()
    prove = ProveEntries(site.store())

    assert f"— {NAME} ".encode() in prove.inclusion(ORIGIN, 1).proof
    assert f"— {NAME} ".encode() not in prove.inclusion(ORIGIN, 2).proof


def test_witnesses_that_cosigned_the_same_size_stand_together(site, witness, ask):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.know(state.key)
    ask(state)
    other = PlainWitness()
    other.know(state.key)
    with serving(other) as url:
        AskWitness(site.store(), site.store(), HttpWitness(str(other.key), url), holds)(state)

    assert ProveEntries(site.store()).inclusion(ORIGIN, 1).proof.count(f"— {NAME} ".encode()) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, b"unknown origin\n"), "answered 404: unknown origin"),
        ((403, b""), "answered 403"),
        ((422, b""), "answered 422"),
        ((400, b""), "answered 400"),
        ((500, b"\xff\xfe"), "answered 500"),
        ((302, b""), "answered 302"),
        ((409, b"0\n"), "answered 409: knows 0 entries"),
        ((409, b"9\n"), "answered 409: knows 9 entries"),
        ((409, b"many"), "answered 409: many"),
        ((200, b""), "answered no cosignature"),
        ((200, b"thank you\n"), "answered no cosignature"),
        ((200, b"\xe2\x80\x94 somebody.else AAAAAAAA\n"), "without a cosignature of its own"),
    ],
)
def test_whatever_else_it_answers_is_said_and_nothing_is_kept(site, witness, ask, answer, said):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.answer_with = answer

    with pytest.raises(WitnessError) as raised:
        ask(state)
    assert said in str(raised.value)
    assert site.store().cosigned(ORIGIN) == []


def test_a_cosignature_of_another_text_is_not_believed(site, witness, ask):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.answer_with = 200, witness.line("another text\n")

    with pytest.raises(WitnessError, match=r"the signature of .* does not hold"):
        ask(state)
    assert site.store().cosigned(ORIGIN) == []


def test_a_witness_that_is_not_there_is_an_os_error(site, witness):
    state = site.integrate()
    with serving(witness) as url:
        pass

    with pytest.raises(OSError, match="refused"):
        AskWitness(site.store(), site.store(), HttpWitness(str(witness.key), url), holds)(state)


def test_the_key_of_a_log_is_not_taken_for_one_of_a_witness(site):
    with pytest.raises(ValueError, match="is not the key of a witness"):
        AskWitness(site.store(), site.store(), HttpWitness(site.integrate().key, "http://127.0.0.1:9"), holds)


def test_a_log_that_was_forked_is_never_cosigned(site, witness, ask):
    record(site.place, DRAFT)
    state = site.integrate()
    witness.know(state.key)
    ask(state)
    witness.seen[ORIGIN] = 2, bytes(32)
    record(site.place, DRAFT)

    with pytest.raises(WitnessError, match="answered 422"):
        ask(site.integrate())
    assert SignatureKind.COSIGNATURE is witness.key.kind
