"""Say whether the pinned Django is the newest of its series; exit 1 if it is not."""

import re
import subprocess
import sys
from pathlib import Path

pinned = re.search(r"^django==([0-9.]+)", Path("requirements.txt").read_text(), re.MULTILINE)[1]
series = pinned.rpartition(".")[0]
asked = subprocess.run(
    [sys.executable, "-m", "pip", "index", "versions", "django"], capture_output=True, text=True, check=False
)
available = re.search("^Available versions: (.*)", asked.stdout, re.MULTILINE)
if not available:
    sys.exit(f"NOT CHECKED whether Django {pinned} is the newest: {asked.stderr.strip()[-300:]}")
versions = [version for version in available[1].split(", ") if version.rpartition(".")[0] == series]
newest = max(versions, key=lambda version: int(version.rpartition(".")[2]))
if newest != pinned:
    sys.exit(f"Django {newest} is out, pinned is {pinned}: make requirements")
print(f"Django {pinned} is the newest of {series}.")
