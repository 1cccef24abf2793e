"""What some tests need from the machine: absent on a developer's machine they skip and say so, in CI they fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def need(there: bool, what: str) -> None:
    """Skip the test, saying what is missing; fail it when MEANWHILE_REQUIRE_ALL=1."""
    if there:
        return
    if os.environ.get("MEANWHILE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not there, and everything is required here")
    pytest.skip(f"{what} is not there")


def need_browser(chromium: str) -> None:
    """Skip, or fail, without Chromium or what Playwright needs to steer it."""
    need(Path(chromium).exists(), f"Chromium ({chromium})")
    # Its driver is a Node of its own, which a bare Debian cannot start.
    asked = [sys.executable, "-m", "playwright", "--version"]
    starts = subprocess.run(asked, capture_output=True, check=False).returncode == 0
    need(starts, "a library that Playwright's driver needs (on Debian: apt-get install libatomic1)")
