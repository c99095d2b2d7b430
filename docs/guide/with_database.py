"""Run a command beside the embedded database, started if need be, with PostgreSQL's own tools on the PATH.

python docs/guide/with_database.py psql              a prompt, as the database's superuser
python docs/guide/with_database.py pg_dump -Fc       a backup on standard output
"""  # noqa: INP001 - a script, run by its path

import os
import subprocess
import sys

from kinbook.config.environment import home
from kinbook.postgres.cluster import running

with running(home()) as cluster:
    given = {
        "PGHOST": str(cluster.places.socket),
        "PGUSER": "postgres",
        "PGPASSWORD": cluster.passwords["postgres"],
        "PGDATABASE": "kinbook",
        "PATH": f"{cluster.places.binaries}{os.pathsep}{os.environ['PATH']}",
    }
    sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, **given}, check=False).returncode)
