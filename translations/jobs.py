"""What runs by the clock for translations."""

from __future__ import annotations

import datetime

from cms.scheduling import Job
from translations import elsewhere, texts

JOBS = (
    Job("note published texts", datetime.timedelta(minutes=10), texts.remember_missing_texts),
    Job("prune answers elsewhere", datetime.timedelta(days=1), elsewhere.prune),
)
