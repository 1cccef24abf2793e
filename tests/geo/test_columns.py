import csv

import pytest

from geo.columns import SPELLINGS, VALUES, field_of, fields, match, plain, recognise


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("PropertyName", "name"),
        ("PropetyName", "name"),
        ("Property name ", "name"),
        ("PROPERTY_NAME", "name"),
        ("Propertty Name", "name"),
        ("GeoX", "x"),
        ("Easting", "x"),
        ("Longitude", "x"),
        ("GeoY", "y"),
        ("Post Code", "postcode"),
        ("12. Tenure Type", "tenure"),
        ("Unique Property Reference Number", "uprn"),
        ("ParentAssetCode", "parent_code"),
        ("Step free", "step_free"),
        ("Photo", None),
        ("", None),
    ],
)
def test_headings_by_meaning(heading, field):
    assert field_of(heading) == field


# Headings as councils and others publish them, and what each means; "" for what is left alone.
PUBLISHED = {
    "the Code's own words": (
        (
            "Unique Property Reference Number (UPRN),Unique asset identity,Name of the building/land,Street number ,"
            "Street name,Post town,United Kingdom postcode,Map reference,Freehold/Leasehold,"
            "Land only or land with permanent building"
        ),
        "uprn,code,name,number,street,town,postcode,place,tenure,holding",
    ),
    "short and shouted": (
        "UPRN,ASSET_ID,ASSET_NAME,STREET_NO,STREET,TOWN,POSTCODE,EASTING,NORTHING,TENURE_TYPE,HOLDING_TYPE",
        "uprn,code,name,number,street,town,postcode,x,y,tenure,holding",
    ),
    "counted, with units": (
        (
            "1. Organisation Name,2. UPRN,3. Unique Asset ID,4. Name,Easting (X),Northing (Y),"
            "Size of asset - Gross Internal Area (m2),Site Area (Hectares),Purpose asset held,Occupied by"
        ),
        "holder,uprn,code,name,x,y,building_size,land_area,purpose,tenure_detail",
    ),
    "degrees": (
        "Ref,Property Title,Full Address,Latitude,Longitude,Property Type Description,Ward",
        "code,name,address,y,x,purpose,",
    ),
    "a brownfield register": (
        (
            "OrganisationURI,SiteReference,SiteNameAddress,GeoX,GeoY,SiteplanURL,Hectares,OwnershipStatus,Deliverable,"
            "PlanningStatus,Notes,LastUpdatedDate,EndDate"
        ),
        "holder_uri,code,name,x,y,,land_area,ownership,,purpose,notes,effective_date,closed",
    ),
    "schools": (
        "URN,EstablishmentName,TypeOfEstablishment (name),Street,Locality,Town,Postcode,Easting,Northing,CloseDate",
        "code,name,,street,town,town,postcode,x,y,closed",
    ),
    "old systems": (
        "Property_Ref,PropetyName,Address1,Address2,Post_Code,OS_Grid_Ref,GIA_SQM,Tenure_Detail,Acreage",
        "code,name,street,town,postcode,place,building_size,tenure_detail,acres",
    ),
    "a list of halls": (
        "Venue,Address,Post code,Opening times,Wheelchair access",
        "name,address,postcode,hours,step_free",
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_headings_that_are_published(name):
    headings, meant = PUBLISHED[name]
    assert [field_of(heading) or "" for heading in headings.split(",")] == meant.split(",")


ROWS = [
    ["1", "Old Hall", "100012345671", "M33 7DZ", "379000.5", "391000", "red"],
    ["2", "Yard", "100012345672", "M33 7DX", "379100", "391100", "red"],
    ["3", "Library", "100012345673", "WA14 1PF", "379200", "391200", "blue"],
]


def test_a_heading_that_says_nothing_is_known_by_its_values_and_called_a_guess():
    found = match(["c1", "c2", "c3", "c4", "c5", "c6", "c7"], ROWS)
    assert {m.field: m.position for m in found} == {"uprn": 2, "postcode": 3, "x": 4, "y": 5}
    assert {m.how for m in found} == {VALUES}
    named = match(["", "", "UPRN", "", "", "", ""], [[row[1], row[1], *row[2:]] for row in ROWS])
    assert "name" in {m.field for m in named}


def test_the_mapping_file_goes_before_all_else():
    found = match(["Name", "Title", "Status"], (), {"name": "Title", "status": ""})
    assert [(m.field, m.heading) for m in found] == [("name", "Title")]


def test_no_spelling_means_two_things():
    spellings = [(plain(s), field) for field, names in SPELLINGS.items() for s in names.split()]
    meanings = {}
    for name, field in spellings:
        assert meanings.setdefault(name, field) == field


def test_of_two_headings_for_one_field_the_code_s_own_wins():
    assert recognise(["Description", "Property Name", "Name"]) == {"name": "Property Name"}
    assert recognise(["Easting", "Northing", "GeoX", "GeoY"]) == {"x": "GeoX", "y": "GeoY"}


def test_fields_leave_out_what_is_empty():
    row = {"Property Name": " The   old\nlibrary ", "UPRN": " ", "Other": "x"}
    assert fields(row, recognise(row)) == {"name": "The old library"}


@pytest.mark.data
def test_every_column_of_a_real_register_is_understood(open_data):
    with (open_data / "trafford/land_and_building_assets.csv").open(encoding="utf-8") as file:
        headings = next(csv.reader(file))
    assert len(recognise(headings)) == len(headings) == 20
