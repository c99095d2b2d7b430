"""The process that does jobs: sends letters, makes invoices, ends what a killed one left; and seals the audit log."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from kinbook.config.parent import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate import App

logger = logging.getLogger(__name__)


def work() -> None:
    """Do jobs until told to stop."""
    die_with_parent()
    from procrastinate.contrib.django import app

    asyncio.run(_work(app))


async def _work(app: App) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            sealing = asyncio.create_task(_seal())
            try:
                await worker_app.run_worker_async(
                    concurrency=2, delete_jobs="successful", install_signal_handlers=True, listen_notify=True
                )
            finally:
                sealing.cancel()


async def _seal() -> None:
    """Seal the audit log every few seconds: no job, because long jobs would hold it up and each would leave a trace."""
    from kinbook.audit.sealing import EVERY, seal_all

    while True:
        try:
            await asyncio.to_thread(_with_connection, seal_all)
        except Exception:
            # the database is restarted, or full: the next round tries again, and `kinbook doctor` sees what waits
            logger.exception("The audit log could not be sealed")
        await asyncio.sleep(EVERY)


def _with_connection(deed: Callable[[], object]) -> None:
    """Do something in a thread, and leave it no connection to the database."""
    from django.db import connections

    try:
        deed()
    finally:
        connections.close_all()
