"""What script/audit does: see there."""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INDEX = "https://pypi.org/simple"
SECONDS = 300
# A version that has been known to be vulnerable for years. Who finds nothing about it knows no advisories.
PROBE = ("jinja2", "2.10")
# Advisories that do not touch us: number -> why. None now.
ACCEPTED: dict[str, str] = {}


def locked(path: Path = ROOT / "uv.lock") -> list[dict]:
    """All libraries that uv.lock pins, ours left out."""
    packages = tomllib.loads(path.read_text())["package"]
    return [one for one in packages if one["source"].keys().isdisjoint({"editable", "virtual"})]


def unsafe(packages: list[dict]) -> Iterator[str]:
    """Each library that comes from elsewhere or could be another file than the one we looked at."""
    for one in packages:
        files = [*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else ())]
        if one["source"].get("registry") != INDEX:
            yield f"{one['name']} comes from {one['source']}"
        elif not files or not all(file.get("hash", "").startswith("sha256:") for file in files):
            yield f"{one['name']} {one['version']} has a file without a hash"


def advisories(pins: list[tuple[str, str]]) -> dict[str, list[dict]] | None:
    """Library -> its advisories, as the service knows them; None where it does not answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("".join(f"{name}=={version}\n" for name, version in pins))
        wanted.flush()
        command = (sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off",
                   "--timeout", "15", "--format", "json", "--requirement", wanted.name)  # fmt: skip
        try:
            ran = subprocess.run(  # noqa: S603 - our own words and the numbers of uv.lock
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            told = json.loads(ran.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
            return None
    return {one["name"]: one["vulns"] for one in told if "skip_reason" not in one}


def main() -> int:
    strict = "--strict" in sys.argv[1:]
    packages = locked()
    if faults := list(unsafe(packages)):
        print("script/audit: uv.lock is not safe to install from:", *faults, sep="\n  ")
        return 1
    print(
        f"script/audit: all {len(packages)} libraries of uv.lock come from {INDEX}, each file with its hash."
    )
    probe = advisories([PROBE])
    if not probe or not probe.get(PROBE[0]):
        print(
            "script/audit: NOT CHECKED for known vulnerabilities: the service with the advisories cannot be reached from here."
        )
        return 2 if strict else 0
    return checked(packages, strict=strict)


def checked(packages: list[dict], *, strict: bool) -> int:
    """Ask about all of them, and tell what is known."""
    found = advisories([(one["name"], one["version"]) for one in packages])
    if found is None:
        print("script/audit: NOT CHECKED for known vulnerabilities: the service broke off.")
        return 2 if strict else 0
    bad = [
        (name, one) for name, known in found.items() for one in known if one["id"] not in ACCEPTED
    ]
    for name, one in bad:
        print(
            f"script/audit: {name}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        )
    print(
        f"script/audit: {len(found)} of {len(packages)} libraries checked, {len(bad)} known vulnerabilities."
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
