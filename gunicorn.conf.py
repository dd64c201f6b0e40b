"""gunicorn: the settings of ``tariffcalc serve``, for those who run ``gunicorn wsgi:app`` themselves."""

import os

from tariffcalc.web.server import settings_for

globals().update(
    settings_for(
        os.environ.get("HOST", "127.0.0.1"),
        int(os.environ.get("PORT", "8000")),
        workers=int(os.environ.get("WEB_CONCURRENCY", "2")),
        threads=int(os.environ.get("WEB_THREADS", "16")),
    )
)
