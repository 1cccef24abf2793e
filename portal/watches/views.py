"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("watches", __name__)
