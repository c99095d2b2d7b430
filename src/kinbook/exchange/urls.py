"""Addresses of import."""

from __future__ import annotations

from django.urls import path

from kinbook.exchange.views import columns, files, held

app_name = "exchange"
IMPORT = "settings/import/<uuid:import_id>/"
HELD = "settings/import/held/<uuid:held_id>/"
urlpatterns = [
    path("settings/import/", files.imports, name="imports"),
    path(IMPORT, files.one_import, name="import"),
    path(f"{IMPORT}columns/", columns.columns, name="columns"),
    path(f"{IMPORT}check/", files.check, name="check"),
    path(f"{IMPORT}run/", files.run, name="run"),
    path(f"{IMPORT}progress/", files.progress, name="progress"),
    path(f"{IMPORT}discard/", files.discard, name="discard"),
    path(f"{IMPORT}to-mend/", files.bad_rows, name="bad_rows"),
    path("settings/import/held/", held.held, name="held"),
    path(f"{HELD}complete/", held.complete, name="complete"),
    path(f"{HELD}drop/", held.drop, name="drop"),
    path(f"{HELD}restore/", held.restore, name="restore"),
]
