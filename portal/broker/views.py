"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("broker", __name__)
