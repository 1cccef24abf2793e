"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("lettings", __name__)
