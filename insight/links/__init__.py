"""Links of published pages: gathered, tried politely in the background, told when they broke.

Broken is what failed on `FAILED_DAYS` different days and never worked between them: a server that
is down for an afternoon troubles nobody.
"""

FAILED_DAYS = 2
