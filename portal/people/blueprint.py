"""The pages about people have one blueprint; two modules of views hang theirs on it."""

from flask import Blueprint

bp = Blueprint("people", __name__)
