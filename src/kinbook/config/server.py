"""The web server: granian around Django and the live streams, its workers ended with it."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from kinbook.config.parent import die_with_parent


def main(host: str, port: int) -> None:
    """Serve until told to stop."""
    die_with_parent()
    Granian(
        "kinbook.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=512,
        log_level=LogLevels.error,
        log_access=False,
        workers_kill_timeout=3,
        respawn_failed_workers=True,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
