import json

from tests.bench import loading


def test_loading_compares_and_says_so(capsys):
    loading.main(["--rows", "300", "--rounds", "1", "--engine", "sqlite", "--json"])
    report = json.loads(capsys.readouterr().out)
    names = [line["name"] for line in report["comparisons"]]
    assert names == ["sqlite: loading 300 rows", "sqlite: within 400 MiB"]
    assert report["notes"]["sqlite: peak memory, MiB"]["ours"] < 400
