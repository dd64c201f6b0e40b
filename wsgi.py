"""The application for WSGI servers: ``gunicorn wsgi:app``."""

from tariffcalc.web import create_app

app = create_app({"WARM_UP": True})
