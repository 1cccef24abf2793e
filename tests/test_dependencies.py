"""What is installed is what was looked at: every library pinned with hashes, from one place; and script/audit says so plainly."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = {"url": "https://files.example/x.whl", "hash": "sha256:00"}


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "script" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package(**values):
    return {
        "name": "x",
        "version": "1",
        "source": {"registry": "https://pypi.org/simple"},
        "wheels": [FILE],
    } | values


def test_every_library_has_its_hashes_and_comes_from_one_place(audit):
    packages = audit.locked()
    assert len(packages) > 50
    assert list(audit.unsafe(packages)) == []


@pytest.mark.parametrize(
    "odd",
    [{"wheels": []}, {"wheels": [FILE | {"hash": ""}]}, {"wheels": [FILE | {"hash": "md5:00"}]}, {"sdist": {"url": "x"}},
     {"source": {"registry": "https://evil.example/simple"}}, {"source": {"git": "https://github.com/x/y"}}],
)  # fmt: skip
def test_what_could_be_another_file_is_found(audit, odd):
    assert len(list(audit.unsafe([package(**odd)]))) == 1


@pytest.mark.parametrize(
    "case",
    [
        ([None], False, 0, "NOT CHECKED"),
        ([{}], True, 2, "NOT CHECKED"),
        ([{"jinja2": [{"id": "old"}]}, None], False, 0, "NOT CHECKED"),
        ([{"jinja2": [{"id": "old"}]}, {"flask": []}], False, 0, "0 known"),
        (
            [{"jinja2": [{"id": "old"}]}, {"flask": [{"id": "PYSEC-1", "fix_versions": ["9"]}]}],
            False,
            1,
            "mended in 9",
        ),
    ],
)
def test_a_known_vulnerability_fails_and_silence_is_told(audit, monkeypatch, capsys, case):
    answers, strict, code, words = case
    told = iter(answers)
    monkeypatch.setattr(audit, "advisories", lambda _pins: next(told))
    monkeypatch.setattr(audit.sys, "argv", ["audit", *(["--strict"] if strict else [])])
    assert audit.main() == code
    assert words in capsys.readouterr().out
