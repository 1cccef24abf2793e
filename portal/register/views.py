"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("register", __name__)
