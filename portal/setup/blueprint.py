"""The administrator's pages have one blueprint; two modules of views hang theirs on it."""

from flask import Blueprint

bp = Blueprint("setup", __name__)
