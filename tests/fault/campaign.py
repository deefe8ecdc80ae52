"""A campaign of faults, as large as is asked for: ``make faults KILLS=1000 SERVED=100 FLIPS=100 SEED=7``.

    python tests/fault/campaign.py KILLS SERVED FLIPS SEED

KILLS of recorder and integrator, the smallest real processes with the path of the record in them; SERVED of a whole
``jsg serve`` under load; then FLIPS bits of each file of a small record are turned over, one of every byte for ``all``.
It prints what was done and how fast, and ends with 1 when anything did not hold. The last line is the figure F10 as
JSON: kills after which nothing answered was unrecorded.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from audit_calls import BATCH, DRAFT
from e2e.served import gateway_in, prepared
from flips import flip
from kill_campaign import Campaign
from launcher import Launcher
from served_kills import Load, check_answers, check_facts, kill_under
from whole_states import filled_state, flaws_in, log_folder, verified

from gateway.bench.goals import GOALS

MOST_ANSWERS = 60


def small(folder, kills, seed):
    """Kill recorder and integrator, check all that came of it, and return how many kills and answers there were."""
    campaign = Campaign(folder, seed)
    campaign.run(kills, lambda what: say(f"  {what}"))
    entries = campaign.check()
    count = campaign.kills.total()
    say(
        f"recorder killed {campaign.kills['recorder']} times, integrator {campaign.kills['integrator']}, in "
        f"{campaign.seconds:.0f} s ({count / campaign.seconds:.1f} a second): {len(campaign.acknowledged)} answers, "
        f"{entries} entries, {len(campaign.published)} checkpoints, files verified {campaign.looks} times meanwhile; "
        "none missing, none twice, all sound"
    )
    return count, len(campaign.acknowledged)


def served(folder, kills, seed):
    """Kill a whole gateway under load, check all that came of it, and return how many kills and answers there were."""
    randomness, load, begun = random.Random(seed), Load(), time.monotonic()  # noqa: S311 - when to kill is no secret
    with (prepared(folder, {}).state / "gateway.log").open("ab") as sink:
        launcher = Launcher(sink)
        for done in range(kills):
            kill_under(load, launcher, folder, randomness.randint(1, MOST_ANSWERS))
            if done % 10 == 9:
                say(f"  {done + 1} kills, {len(load.answers)} answers")
        seconds = time.monotonic() - begun
        with gateway_in(folder, filled=False, serve=launcher.serving) as gateway:
            entries = gateway.entries()
            check_answers(load, entries, kills)
            check_facts(load, entries, gateway)
        assert gateway.process.returncode == 0
        launcher.close()
    assert flaws_in(gateway.place.state) == []
    assert verified(log_folder(gateway.place.state)).flaws == []
    say(
        f"jsg serve killed {kills} times in {seconds:.0f} s ({kills / seconds:.2f} a second): {len(load.answers)} "
        f"answers, {len(load.submitted)} submissions begun, {len(entries)} entries; "
        "none missing, none twice, none by halves"
    )
    return kills, len(load.answers)


def flipped(folder, draws, seed):
    """Turn over bits of a small record, and see each named or proven to mean nothing; nothing is killed."""
    begun = time.monotonic()
    state = filled_state(folder / "state", ("gw1-0", [DRAFT] * 5 + [BATCH]), ("gw1-1", [DRAFT] * 2))
    found = flip(state, draws, seed)
    for name, counts in found.items():
        say(f"  {name}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    total = sum(found.values(), Counter())
    say(f"{total.total()} bits turned over in {time.monotonic() - begun:.0f} s: {dict(total)}")
    return 0, 0


def say(what):
    """Print at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    """Run all three; what does not hold is raised before anything is said of F10."""
    kills, whole, flips, seed = sys.argv[1:]
    say(f"seed {seed}")
    draws = None if flips == "all" else int(flips)
    killed = answered = 0
    for run, count in ((small, int(kills)), (served, int(whole)), (flipped, draws)):
        if count != 0:
            with tempfile.TemporaryDirectory(prefix="faults-") as name:
                did, came = run(Path(name), count, int(seed))
                killed, answered = killed + did, answered + came
    say(json.dumps({"figures": {"F10": GOALS["F10"].judged(killed, answers=answered)}}))


if __name__ == "__main__":
    main()
