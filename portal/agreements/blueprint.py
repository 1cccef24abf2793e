"""Where the pages of an agreement hang."""

from flask import Blueprint

bp = Blueprint("agreements", __name__)
