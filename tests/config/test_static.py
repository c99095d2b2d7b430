"""A page of before the last build asks for files that are gone: they are not found, and that is no error."""

from django.http import HttpResponse
from django.test import RequestFactory

from kinbook.config.static import static_files


def test_a_file_that_a_newer_build_took_away_is_not_found(tmp_path, settings):
    settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH = str(tmp_path), False
    old = tmp_path / "live.839aae5772aa.js"
    old.write_text("let here;")
    answer = static_files(lambda _request: HttpResponse(status=404))
    request = RequestFactory().get(f"/static/{old.name}")
    found = answer(request)
    found.close()
    assert found.status_code == 200
    old.unlink()
    assert answer(request).status_code == 404


def test_pages_go_through_it(settings):
    assert "kinbook.config.static.static_files" in settings.MIDDLEWARE
