"""Which column of a register means what: one table of the spellings that councils use.

Sources: the Local Government Transparency Code 2015 (part 2, land assets) and the registers
published under it.
The last block is our own vocabulary, for rooms and plots, so that one file can carry a whole
borough.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

SPELLINGS: dict[str, str] = {
    # field: spellings, compared without case, spaces and punctuation
    "holder": (
        "OrganisationLabel Organisation Organization OrganisationName Authority Owner Holder "
        "CouncilName LocalAuthority NameOfOrganisation"
    ),
    "holder_uri": "OrganisationURI OrganisationCode PublisherURI",
    "effective_date": (
        "EffectiveDate ExtractDate DateOfData AsAt LastUpdated DateUpdated UpdateDate"
    ),
    "uprn": "UPRN UniquePropertyReferenceNumber UniquePropertyReference PropertyReferenceNumber",
    "code": (
        "AssetCode UniqueAssetIdentity UniqueAssetId AssetId AssetNumber AssetRef "
        "AssetReference PropertyRef PropertyReference PropertyCode PropertyNumber SiteCode "
        "Reference PropRef"
    ),
    "name": (
        "PropertyName PropetyName ProprtyName PropertyDescription AssetName AssetDescription "
        "SiteName NameOfBuildingOrLand NameOfTheBuildingOrLand BuildingName Name Description"
    ),
    "number": "StreetNumber HouseNumber BuildingNumber StreetNo PropertyNo",
    "street": "StreetName Street Road AddressLine1 Address1 Address PropertyAddress SiteAddress",
    "town": "PostTown PostalTown Town TownCity City AddressLine2",
    "postcode": "PostCode PostalCode ZipCode PCDS PCD",
    "ward_code": "WardCode OSWard ElectoralWard WardGSSCode",
    "crs": "CoordinateReferenceSystem CRS CoordinateSystem GeoReferenceSystem SRID MapProjection",
    "x": (
        "GeoX Easting Eastings Longitude Lon Long Lng X XCoordinate XCoord MapEasting "
        "GeoXEasting GeoEasting"
    ),
    "y": (
        "GeoY Northing Northings Latitude Lat Y YCoordinate YCoord MapNorthing GeoYNorthing "
        "GeoNorthing"
    ),
    "tenure": "TenureType Tenure TypeOfTenure FreeholdLeasehold InterestType TypeOfInterest",
    "tenure_detail": "TenureDetail TenureDetails Occupancy OccupationStatus VacantOccupied",
    "vacant": "Vacant IsVacant VacantYN WhetherVacant",
    "purpose": (
        "OtherDetail OtherDetails Purpose ReasonForHolding UseClass Use CurrentUse AssetType "
        "PropertyType AssetCategory"
    ),
    "holding": (
        "HoldingType LandOnlyOrWithBuilding LandOrBuilding LandBuilding LandOrBuildings "
        "LandAndBuildings BuildingOrLand"
    ),
    "building_size": (
        "BuildingSize BuildingSizeSqm FloorArea FloorAreaSqm GIA GrossInternalArea "
        "BuildingSizeGIAM2 BuildingArea"
    ),
    "land_area": "LandArea LandAreaHa SiteArea SiteAreaHa Hectares AreaHa LandAreaHectares",
    "energy_rating": "EnergyRating EPC EPCRating EnergyPerformance DECRating",
    # Ours: rooms of a building, plots as polygons.
    "kind": "Kind",
    "status": "Status",
    "parent_code": "ParentAssetCode ParentCode PartOf",
    "half_of": "HalfOf",
    "capacity": "Capacity MaxCapacity MaximumCapacity Seats",
    "step_free": "StepFree StepFreeAccess WheelchairAccess WheelchairAccessible",
    "hearing_loop": "HearingLoop InductionLoop",
    "accessible_toilet": "AccessibleToilet DisabledToilet",
    "public_hours": "PublicHours OpeningHours OpeningTimes",
    "hire_hours": "HireHours LettingHours",
    "price_per_hour": "PricePencePerHour HourlyRatePence",
    "opened_by": "OpenedBy",
    "geometry": "Geometry WKT GeometryWKT Shape GeoArea",
}


def plain(header: str) -> str:
    """A heading without case, spaces, punctuation or the Code's leading count ("12. Tenure")."""
    return re.sub(r"^\s*\d+\W|[\W_]", "", header.casefold())


FIELD_OF = {
    plain(spelling): field for field, names in SPELLINGS.items() for spelling in names.split()
}
LONG_ENOUGH_TO_GUESS = 8


def field_of(header: str) -> str | None:
    """The field that a heading names, with one or two letters wrong in a long one; None when it
    names none.
    """
    name = plain(header)
    if name in FIELD_OF or len(name) < LONG_ENOUGH_TO_GUESS:
        return FIELD_OF.get(name)
    close = get_close_matches(name, FIELD_OF, n=1, cutoff=0.92)
    return FIELD_OF[close[0]] if close else None


def recognise(headers: Iterable[str]) -> dict[str, str]:
    """{field: heading} for the headings that are understood.

    Where two headings name one field the spelling that stands first in the table wins, then the
    leftmost.
    """
    found: dict[str, tuple[int, str]] = {}
    for header in headers:
        field = field_of(header)
        if field is None:
            continue
        known = [plain(s) for s in SPELLINGS[field].split()]
        name = plain(header)
        rank = known.index(name) if name in known else len(known)
        if field not in found or rank < found[field][0]:
            found[field] = (rank, header)
    return {field: header for field, (_, header) in found.items()}


def fields(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """{field: value} of one row, white space made single; fields left empty are not there."""
    values = {field: " ".join((row.get(header) or "").split()) for field, header in columns.items()}
    return {field: value for field, value in values.items() if value}
