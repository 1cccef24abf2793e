"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("sightings", __name__)
