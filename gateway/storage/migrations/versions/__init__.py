"""The steps, one file each: ``facts_*`` and ``audit_*`` are branches that know nothing of each other."""
