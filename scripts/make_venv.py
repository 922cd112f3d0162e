"""Make the virtual environment, or say plainly what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)


def main(folder: str) -> int:
    """Make the environment in ``folder``; 1 with a message when that cannot work."""
    version = sys.version_info[:2]
    if version < OLDEST:
        print(f"Python {version[0]}.{version[1]} is too old: the library needs 3.11 or newer.")
        print("Install a newer one and name it: make run PYTHON=python3.12")
        return 1
    if version > NEWEST:
        print(f"Note: Python {version[0]}.{version[1]} is newer than the library was tried with.")
    if (Path(folder) / "bin" / "pip").exists():
        return 0
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "venv", folder], capture_output=True, text=True, check=False
    )
    if result.returncode == 0:
        return 0
    print("Python cannot make a virtual environment: its module venv (with ensurepip) is missing.")
    print(f"On Debian or Ubuntu: apt-get install python{version[0]}.{version[1]}-venv")
    print("On Fedora and macOS the module comes with Python; reinstall it if it is missing.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
