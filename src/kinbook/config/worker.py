"""The process that does jobs: sends letters, makes invoices, ends what a killed one left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kinbook.config.parent import die_with_parent

if TYPE_CHECKING:
    from procrastinate import App


def work() -> None:
    """Do jobs until told to stop."""
    die_with_parent()
    from procrastinate.contrib.django import app

    asyncio.run(_work(app))


async def _work(app: App) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                concurrency=2, delete_jobs="successful", install_signal_handlers=True, listen_notify=True
            )
