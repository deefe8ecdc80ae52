"""One evil thing after another, done to a gateway under load: ``make enemies ROUNDS=20 SEED=7 ONLY=disk``.

    python tests/fault/enemies.py ROUNDS SEED [WORD ...]

Each WORD chooses the things in whose name it is; without one all are done. It prints what was done, then a table of
counts, and ends with 1 when anything is missing, doubled or wrong.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "system"))

from enemy_campaign import EnemyCampaign, table
from enemy_clocks import Clocks, jumps
from enemy_disks import DatabaseDisk, LogDisks, OwnDisk, database_disk_full, log_disks_full, own_disk_full
from enemy_evils import ON_FILES, PLAIN
from enemy_network import networked, splits
from enemy_nodes import FilesOfTheirOwn, Ground

GROUNDS = (
    (lambda _stack, _folder: Ground(), lambda _: PLAIN),
    (lambda _stack, _folder: FilesOfTheirOwn(), lambda _: ON_FILES),
    (lambda stack, _folder: stack.enter_context(networked()), splits),
    (lambda _stack, folder: Clocks(folder), jumps),
    (lambda stack, _folder: OwnDisk(stack), own_disk_full),
    (lambda stack, _folder: LogDisks(stack), log_disks_full),
    (lambda stack, _folder: DatabaseDisk(stack), database_disk_full),
)
"""What makes each ground, and what can be done on it."""
SHOWN = 20


def say(what):
    """Print at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    """Do all that is asked for; what does not hold is told after the table."""
    rounds, seed, *words = sys.argv[1:]
    done, flaws = {}, []
    for make, evils_on in GROUNDS:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="enemies-")))
            ground = make(stack, folder)
            evils = evils_on(ground)
            chosen = {name: evil for name, evil in evils.items() if not words or any(word in name for word in words)}
            if not chosen:
                continue
            campaign = EnemyCampaign(folder / "nodes", ground, int(seed))
            campaign.run(chosen, int(rounds), lambda what: say(f"  {what}"))
        for line in table(campaign.done):
            say(line)
        quiet = campaign.done.pop("nothing")
        flaws += [f"while nothing was done: {what}" for what in quiet.counts.flaws()]
        flaws += campaign.flaws
        for name, each in campaign.done.items():
            say(f"{name}: {dict(each.counts.failed)}")
            flaws += [f"{name}: {what}" for what in each.counts.flaws()]
            flaws += [f"{name}: a process ended"] * each.ended
        for flaw in flaws[-SHOWN:]:
            say(f"DIFFERS {flaw}")
        done |= campaign.done
    for line in table(done):
        say(line)
    sys.exit(bool(flaws))


if __name__ == "__main__":
    main()
