"""What the web server loads."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinbook.config.settings")

from django.core.wsgi import get_wsgi_application

from kinbook.config.parent import die_with_parent

die_with_parent()
application = get_wsgi_application()
