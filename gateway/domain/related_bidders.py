"""Which applicants of one lot share the person in charge, or are in a control relation (A-104, BR 34, GPR 18).

Of the register's relations: the same legal representative, and head office and branch. Whatever else makes two
bidders one, such as shareholders, is not on record here, so that no finding clears anybody. Who the person is, is told
to nobody.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gateway.domain.cases import Applicant
    from gateway.domain.kinds.enterprise import EnterpriseProfile


class BidderRelation(Word):
    """How two applicants are related."""

    SAME_PERSON_IN_CHARGE = 1
    """One natural person is the legal representative of both (单位负责人为同一人)."""
    CONTROL = 2
    """One is the head office of the other, or both have the same (存在控股、管理关系)."""


class RelatedPair(NamedTuple):
    """Two parties of different applicants, in the order of their codes, and how they are related."""

    uscc: str
    other_uscc: str
    relation: BidderRelation


def related_pairs(applicants: Sequence[Applicant], profiles: Mapping[str, EnterpriseProfile]) -> list[RelatedPair]:
    """Return every related pair, in order. Members of one consortium bid together, and are no pair.

    *profiles* are those in force, by code; of a party without one nothing can be found.
    """
    found: list[RelatedPair] = []
    for one, another in combinations(applicants, 2):
        for uscc in one.codes & profiles.keys():
            for other in another.codes & profiles.keys():
                first, second = sorted((uscc, other))
                relations = _relations(first, profiles[first], second, profiles[second])
                found += [RelatedPair(first, second, relation) for relation in relations]
    return sorted(found)


def _relations(
    uscc: str, profile: EnterpriseProfile, other: str, other_profile: EnterpriseProfile
) -> Iterator[BidderRelation]:
    key = profile.representative_key
    if key is not None and key == other_profile.representative_key:
        yield BidderRelation.SAME_PERSON_IN_CHARGE
    heads = {profile.head_office_uscc or uscc}, {other_profile.head_office_uscc or other}
    if heads[0] & heads[1]:
        yield BidderRelation.CONTROL
