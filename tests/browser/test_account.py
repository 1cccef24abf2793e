"""Leaving for good, and an administrator who looks into one person: on a telephone, without scripts, by keyboard."""

import csv
from zipfile import ZipFile


def test_somebody_takes_their_data_and_is_forgotten(visit):
    seen = visit("/account", width=392, scripts=False, email="leaver@example.org")
    page = seen.page
    page.get_by_role("link", name="Get a copy of all").press("Enter")
    seen.check()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Get my data").press("Enter")
    with ZipFile(taken.value.path()) as data:
        assert b"leaver@example.org" in data.read("your-data.html")
    page.get_by_role("link", name="Your account").press("Enter")
    page.get_by_role("link", name="Erase your account").press("Enter")
    seen.check()
    page.get_by_role("button", name="Erase my account").press("Enter")
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.title().startswith("Error: ")
    seen.check()
    page.get_by_label("Erase my account.").press("Space")
    page.get_by_role("button", name="Erase my account").press("Enter")
    page.get_by_text("Your account has been erased.").wait_for()
    page.goto(seen.base + "/account")
    assert "/sign-in" in page.url


def test_an_administrator_takes_away_all_about_one_person(visit, people):
    seen = visit("/setup", width=390, scripts=False, email=people["administrator"])
    page = seen.page
    page.get_by_role("link", name="Audit log").press("Enter")
    page.locator("summary").press("Enter")
    page.get_by_label("Who", exact=True).fill(people["broker"])
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url("**who=**")
    seen.check()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take all of these away").press("Enter")
    rows = list(csv.DictReader(taken.value.path().read_text().splitlines()))
    assert rows
    assert all("Dev Ashworth" in (row["called"], row["about_called"]) for row in rows)
