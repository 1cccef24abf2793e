"""Keep a small database of this release for the tests of later ones: see `script/keep-database`."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text

from portal.app import create_app
from portal.backup import service
from portal.db import db

KEPT = Path(__file__).parents[1] / "data" / "old"


def pack(url: str, name: str) -> None:
    """One database as a backup, packed as small as can be."""
    KEPT.mkdir(parents=True, exist_ok=True)
    app = create_app(DATABASE_URL=url, SECRET_KEY="kept")
    with app.app_context(), TemporaryDirectory() as work:
        path = KEPT / f"{name}-{db.engine.dialect.name}.zip"
        service.write(path, Path(work), zipfile.ZIP_LZMA)
        path.chmod(0o644)  # nothing in it is anybody's
        db.engine.dispose()


def fill(url: str) -> None:
    environment = os.environ | {"DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "tests.old.fill"], env=environment, check=True)


def main(name: str) -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/kept.sqlite3"
        fill(url)
        pack(url, name)
    server = make_url(os.environ["TEST_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE meanwhile_keep"))
        try:
            url = server.set(database="meanwhile_keep").render_as_string(hide_password=False)
            fill(url)
            pack(url, name)
        finally:
            connection.execute(text("DROP DATABASE meanwhile_keep WITH (FORCE)"))


if __name__ == "__main__":
    main(sys.argv[1])
