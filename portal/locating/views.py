"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("locating", __name__)
