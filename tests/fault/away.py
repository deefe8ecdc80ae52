"""A campaign of outages under an adapter, as large as is asked for: ``python tests/fault/away.py CALLS SEED``.

It prints what was done, and ends with 1 when anything did not hold.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from away_campaign import AwayCampaign


def say(what):
    """Print at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main():
    """Run it."""
    calls, seed = (int(each) for each in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="away-") as name:
        campaign = AwayCampaign(Path(name), seed)
        campaign.run(calls, lambda what: say(f"  {what}"))
    say(
        f"seed {seed}: {len(campaign.told)} calls in {campaign.seconds:.0f} s, gateway killed {campaign.kills} times: "
        f"{campaign.cleared} cleared, each on record; {campaign.silent} questions without an answer, "
        f"{len(campaign.results)} made afterwards, one case on record {campaign.most_asked} times at the most"
    )


if __name__ == "__main__":
    main()
