"""What befalls a real register: swapped coordinates, half a postcode, nothing at all.

Each of these was met in a published register; an import that copes with ours copes with theirs.
Rooms and the buildings they are in stay whole: a demonstration should find them.
"""

NOWHERE = ("CoordinateReferenceSystem", "GeoX", "GeoY", "Geometry")


def spoil(rows):
    """The same rows, about twenty of them made awkward; always the same ones."""
    parents = {row["ParentAssetCode"] for row in rows}
    plain = [row for row in rows if row["Kind"] != "room" and row["AssetCode"] not in parents]
    for place, (first, step, count) in PLACES.items():
        for row in plain[first::step][:count]:
            row.update(place(row))
    return [*rows, _far_away(rows[0])]


def only_a_postcode(_row):
    return dict.fromkeys(NOWHERE, "")


def only_a_district(row):
    return dict.fromkeys(NOWHERE, "") | {"PostCode": row["PostCode"].split()[0]}


def no_place_at_all(_row):
    return dict.fromkeys((*NOWHERE, "PostCode", "StreetName", "StreetNumber"), "")


def swapped(row):
    return {"GeoX": row["GeoY"], "GeoY": row["GeoX"], "Geometry": ""}


def carelessly_typed(row):
    return {
        "PropertyName": f"  {row['PropertyName']}  ",
        "PostCode": row["PostCode"].lower().replace(" ", ""),
        "Status": row["Status"].title(),
    }


# What happens, and to which rows: the first, every how many, how many in all.
PLACES = {
    only_a_postcode: (5, 17, 7),
    only_a_district: (9, 19, 4),
    no_place_at_all: (11, 41, 2),
    swapped: (14, 99, 1),
    carelessly_typed: (3, 23, 4),
}


def _far_away(row):
    """Councils own buildings elsewhere: a cottage for school trips, 30 km off."""
    return row | {
        "UPRN": "",
        "AssetCode": "TBC0900",
        "PropertyName": "Curlew Cottage (school trips)",
        "StreetNumber": "",
        "StreetName": "Moor Lane",
        "PostTown": "Upper Ings",
        "PostCode": "",
        "GeoX": "0.371000",
        "GeoY": "53.508000",
        "OtherDetail": "Leisure",
        "BuildingSize": "140",
        "PublicHours": "",
        "Geometry": "",
    }
