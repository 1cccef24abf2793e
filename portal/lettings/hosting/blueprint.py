"""Where the pages of holders and keyholders hang."""

from flask import Blueprint

bp = Blueprint("hosting", __name__)
