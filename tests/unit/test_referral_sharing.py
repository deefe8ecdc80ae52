"""Who may be given which key of a dossier, and what is left out because its recipient has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.domain.referral_parts import WrappedKey
from gateway.domain.referral_sharing import not_known, sharing_faults

KEY = WrappedKey("order", "court", "aa", b"wrapped")
KIDS = {"court": {"aa", "bb"}, "police": {"cc"}}


def faults(*keys):
    return [fault.field for fault in sharing_faults(keys, {"order", "letter"}, {"court", "police"}, KIDS)]


@pytest.mark.parametrize(
    ("key", "field"),
    [
        (replace(KEY, item_id="penalty"), "keys[1].item_id"),
        (replace(KEY, recipient="procuratorate"), "keys[1].recipient"),
        (replace(KEY, kid="cc"), "keys[1].kid"),
        (replace(KEY, wrapped=b"other"), "keys[1]"),
    ],
    ids=["not readable", "takes no part", "another's key", "twice"],
)
def test_each_key_that_may_not_be_shared_is_told_by_its_place(key, field):
    assert faults(KEY, key) == [field]


def test_one_file_goes_to_several_several_to_one_and_one_to_several_keys_of_one():
    keys = [KEY, replace(KEY, item_id="letter"), replace(KEY, recipient="police", kid="cc"), replace(KEY, kid="bb")]
    assert faults(*keys) == []


def test_what_is_opened_by_the_same_key_already_is_left_out_and_by_another_is_not():
    other = replace(KEY, kid="bb")
    assert not_known([replace(KEY, wrapped=b"anew"), other], [KEY]) == (other,)
    assert not_known([KEY], [other, replace(KEY, recipient="police"), replace(KEY, item_id="letter")]) == (KEY,)
    assert not_known([KEY], [KEY]) == ()
