"""The product's settings, with the addresses of the floors and the count of statements."""

from kinbook.config.settings import *  # noqa: F403 - they are those

ROOT_URLCONF = "bench.floor_site"
MIDDLEWARE = ["bench.floor_site.StatementCount", *MIDDLEWARE]  # noqa: F405
