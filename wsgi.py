"""The door for another web server than `portal run`: `gunicorn wsgi:app`."""

from portal.serving import application

app = application()
