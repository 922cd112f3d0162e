"""What runs by the clock for those who look after the site."""

from __future__ import annotations

import datetime

from cms.scheduling import Job
from home.moderation import remind_moderators

JOBS = (Job("remind moderators", datetime.timedelta(hours=1), remind_moderators),)
