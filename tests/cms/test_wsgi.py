"""What a web server's process is told before it loads the site."""

from __future__ import annotations

import os
import subprocess
import sys

LOOK = """
import os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "numpy":
            print("threads:", os.environ.get("OPENBLAS_NUM_THREADS"))

sys.meta_path.insert(0, Watch())
import cms.wsgi
import numpy
"""


def test_products_of_vectors_take_one_thread_from_the_beginning() -> None:
    """numpy reads it when it is loaded, and never again."""
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    environment["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == "threads: 1"
