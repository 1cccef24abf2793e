"""Settings from the environment, and the key that the portal makes for itself."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import config
from portal.app import create_app
from portal.db import db
from portal.serving import application


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch):
    """A folder of its own."""
    monkeypatch.setattr(config, "INSTANCE", tmp_path)
    for name in ("BASE_URL", "SECRET_KEY", "DEMO", "SECOND_STEP", "POOLER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_those_who_start_at_once_have_one_key_and_never_half_of_it(instance):
    with ThreadPoolExecutor(8) as pool:
        keys = {one["SECRET_KEY"] for one in pool.map(lambda _: config.load(), range(8))}
    assert len(keys) == 1
    assert len(str(*keys)) >= 64
    assert [path.name for path in instance.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((instance / "secret-key").stat().st_mode) == 0o600


def test_a_disk_that_is_full_leaves_no_empty_key(instance, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        config.load()
    assert list(instance.iterdir()) == []


def test_an_address_ends_without_a_stroke_and_only_1_is_a_demonstration():
    said = config.load(BASE_URL="https://rooms.town.test/", DEMO="0")
    assert (said["BASE_URL"], said["DEMO"], said["SECOND_STEP"]) == (
        "https://rooms.town.test",
        "",
        "staff",
    )
    assert config.load(DEMO="1")["SECOND_STEP"] == "off"


def test_only_the_workers_go_through_the_pooler_and_prepare_nothing_there(tmp_path):
    straight, pooled = "postgresql://u@db.test/p", "postgresql://u@pooler.test:6432/p"
    settings = {"DATABASE_URL": straight, "POOLER_URL": pooled, "SECRET_KEY": "test"}
    for make, host, prepares in (
        (create_app, "db.test", True),
        (application, "pooler.test", False),
    ):
        app = make(**settings)
        with app.app_context():
            assert db.engine.url.host == host
            options = app.config["SQLALCHEMY_ENGINES"]["default"]["connect_args"]
            assert ("prepare_threshold" not in options) == prepares
