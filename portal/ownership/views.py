"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("ownership", __name__)
