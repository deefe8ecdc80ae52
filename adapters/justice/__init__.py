"""What HRSS, police, procuratorate and court use to hand a suspected crime over by (``docs/referrals.md``).

``party`` is who one is; ``keyring`` and ``recipients`` are one's own keys and those of others, verified; ``folder`` and
``spool`` turn files into sealed ones; ``uploading``, ``sending`` and ``sharing`` bring them to others; ``inbox_book``
and ``following`` keep what comes; ``fetching`` opens a dossier. Each can be repeated after a kill at any step: what was
done is not done twice. It knows the wire and ``adapters.dossier``, and none of the gateway's code.
"""
