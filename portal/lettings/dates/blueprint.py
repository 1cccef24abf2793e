"""Where the pages about single dates and waiting hang."""

from flask import Blueprint

bp = Blueprint("dates", __name__)
