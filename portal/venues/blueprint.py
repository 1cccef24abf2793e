"""The pages of those who keep rooms share one blueprint, in two files by what they are about."""

from flask import Blueprint

bp = Blueprint("venues", __name__)
