import json
import subprocess
import sys

from portal.config import ROOT


def test_loading_compares_and_says_so():
    # In a program of its own: a child's peak begins with what its parent held, and a worker of tests holds much.
    command = [sys.executable, "-m", "tests.bench.loading"]
    asked = ["--rows", "300", "--rounds", "1", "--engine", "sqlite", "--json"]
    run = subprocess.run([*command, *asked], cwd=ROOT, capture_output=True, text=True, check=True)
    report = json.loads(run.stdout)
    names = [line["name"] for line in report["comparisons"]]
    assert names == ["sqlite: loading 300 rows", "sqlite: within 400 MiB"]
    assert report["notes"]["sqlite: peak memory, MiB"]["ours"] < 400
