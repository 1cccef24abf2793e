"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("proposals", __name__)
