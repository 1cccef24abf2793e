"""The files of deploy/ are such as systemd, nginx and Docker take, and say what the portal knows."""

import re
import shutil
import ssl
import subprocess
import sys
import time
from email.message import Message
from http.client import HTTPSConnection

import pytest
import yaml

from portal import config
from portal.cli import main
from tests.test_run import free_port

DEPLOY = config.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
# How the folder of the checkout and of the settings is called on a real machine.
INSTALLED = "/opt/meanwhile/.venv/bin/portal"
# systemd's own measure of what a service may do: 0 nothing, 10 everything.
EXPOSED = 2.0
PATIENCE = 20  # seconds


def there(program: str) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not there")
    return found


@pytest.fixture
def units(tmp_path):
    """The units as systemd reads them, with a program that is there."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(INSTALLED, sys.executable))
    return [str(tmp_path / unit.name) for unit in UNITS]


def test_systemd_takes_the_units(units):
    told = subprocess.run(
        [there("systemd-analyze"), "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in told.stderr.splitlines() if "meanwhile-" in line]
    assert not ours
    for unit in units:
        if unit.endswith(".service"):
            command = [
                there("systemd-analyze"),
                "security",
                "--offline=true",
                f"--threshold={EXPOSED * 10:.0f}",
                unit,
            ]
            assert subprocess.run(command, capture_output=True, check=False).returncode == 0, unit


def test_units_and_services_call_commands_that_there_are():
    called = {
        match for unit in UNITS for match in re.findall(rf"{INSTALLED} (\S+)", unit.read_text())
    }
    called |= set(re.findall(r"\bportal\"?,? \"?([a-z-]+)", (DEPLOY / "compose.yaml").read_text()))
    assert called == {"run", "tick", "send-letters", "backup", "migrate"}
    assert called <= set(main.commands)


def test_all_settings_named_there_are_settings():
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "meanwhile.env").read_text(), re.MULTILINE))
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    named |= set(services["web"]["environment"])
    assert len(named) >= 7
    assert named <= set(config.SETTINGS)
    # All that run the portal's code have the same settings, and wait for the tables.
    ours = [name for name, service in services.items() if service["image"] == "meanwhile"]
    assert set(ours) == {"migrate", "web", "letters", "tick", "backup"}
    for name in ours:
        assert services[name]["environment"] == services["web"]["environment"]
        assert services[name]["read_only"], name


def test_docker_takes_the_compose_file(monkeypatch):
    docker = there("docker")
    if subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not there")
    for name in ("BASE_URL", "SECRET_KEY", "DATABASE_PASSWORD", "SMTP_URL", "MAIL_FROM"):
        monkeypatch.setenv(name, "x")
    command = [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.fixture
def nginx(tmp_path):
    """nginx and its whole settings, on ports of their own and with a certificate of its own."""
    nginx, openssl = there("nginx"), there("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        (r"ssl_certificate \S+;", f"ssl_certificate {certificate};"),
        (r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};"),
        (r"/var/log/nginx/", f"{tmp_path}/"),
        (r"listen (\[::\]:)?80", f"listen 127.0.0.1:{free_port()}"),
        (r"listen (\[::\]:)?443", f"listen 127.0.0.1:{free_port()}"),
        (r"server 127.0.0.1:8000", "server 127.0.0.1:1"),
    ):
        site = re.sub(old, new, site)
    site = re.sub(r"(?m)^  listen (127[^\s;]+)(.*)\n  listen \1.*\n", r"  listen \1\2\n", site)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n")
    return nginx, whole


def test_nginx_takes_its_file(nginx):
    program, whole = nginx
    told = subprocess.run([program, "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    site = whole.read_text()
    assert "$request_uri" not in site.partition("log_format")[2].partition(";")[0]


def test_who_comes_while_the_portal_is_stopped_reads_so(nginx):
    program, whole = nginx
    port = int(re.findall(r"listen 127.0.0.1:(\d+) ssl", whole.read_text())[0])
    process = subprocess.Popen([program, "-c", whole, "-g", "daemon off;"])
    try:
        status, headers, page = ask(port)
        assert status == 503
        assert headers["Retry-After"] == "60"
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Back soon" in page
    finally:
        process.terminate()
        process.wait()


def ask(port: int) -> tuple[int, Message, str]:
    """The first page, once there is somebody to ask."""
    unverified = ssl._create_unverified_context()
    until = time.monotonic() + PATIENCE
    while True:
        connection = HTTPSConnection("127.0.0.1", port, context=unverified, timeout=PATIENCE)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.05)
        finally:
            connection.close()


def test_no_settings_get_into_an_image():
    assert "**/*.env" in (config.ROOT / ".dockerignore").read_text().splitlines()
