"""A storm as long as wished: `python -m tests.storm --steps 5000 --kills 60 --seed 7`."""

import argparse
import os
import subprocess
import sys

asked = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
asked.add_argument("--steps", type=int, default=5000, help="deeds that are tried by eight writers together")
asked.add_argument("--kills", type=int, default=0, help="writers killed in between; one in fifty deeds if absent")
asked.add_argument("--seed", type=int, default=0, help="the storm to have again; another each time if absent")
asked.add_argument("--examples", type=int, default=20, help="sequences that one writer does")
told = asked.parse_args()
more = {
    "STORM_STEPS": str(told.steps),
    "STORM_KILLS": str(told.kills or told.steps // 50),
    "STORM_SEED": str(told.seed),
    "STORM_SECONDS": "86400",
    "STORM_EXAMPLES": str(told.examples),
}
words = [sys.executable, "-m", "pytest", "-q", "-rP", "-p", "no:randomly", "tests/storm"]
sys.exit(subprocess.run(words, env={**os.environ, **more}, check=False).returncode)
