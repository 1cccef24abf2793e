"""What some tests need from the machine: absent on a developer's machine they skip and say so, in CI they fail."""

import os

import pytest


def need(there: bool, what: str) -> None:
    """Skip the test, saying what is missing; fail it when MEANWHILE_REQUIRE_ALL=1."""
    if there:
        return
    if os.environ.get("MEANWHILE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not there, and everything is required here")
    pytest.skip(f"{what} is not there")
