"""A case whose hearing is open."""

import pytest

from tests.hearings.stage import Open


@pytest.fixture
def stage(app):
    return Open().to_test()
