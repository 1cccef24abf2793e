"""The pages about cases have one blueprint; several modules of views hang theirs on it."""

from flask import Blueprint

bp = Blueprint("proposals", __name__)
