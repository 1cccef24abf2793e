"""Files that people open in a spreadsheet: what it would run as a formula stays a text."""

# At the beginning of a cell. The wide ones are what some keyboards type for them, and some programs read as the same.
RUNS = "=+-@\t\r\n\0＝＋－＠"  # noqa: RUF001
MARK = "'"  # before a text: only a text


def harmless(cell: object) -> object:
    """A cell that no spreadsheet runs; a negative amount is a number and stays."""
    if not isinstance(cell, str) or cell[:1] not in RUNS or not cell:
        return cell
    number = cell.removeprefix("-").replace(".", "", 1)
    return cell if number.isascii() and number.isdigit() else f"{MARK}{cell}"
