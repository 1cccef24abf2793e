"""Which column of a register means what: one table of the spellings that bodies use.

Sources: the Local Government Transparency Code 2015 (part 2, land assets) and the registers published under it, the
brownfield land register's data standard, lists of libraries, schools, surgeries and halls.
A heading is known by its spelling, nearly so, by the words in it, or by what stands under it: `match` says which.
The last block is our own vocabulary, for rooms and plots, so that one file can carry a whole borough.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

SPELLINGS: dict[str, str] = {
    # field: spellings, compared without case, spaces and punctuation; the likeliest first
    "holder": (
        "OrganisationLabel Organisation Organization OrganisationName OrganizationName Owner Holder "
        "NameOfOrganisation PublicBody BodyName LandOwner AssetOwner OwnerName"
    ),
    "authority": (
        "LocalAuthority Authority LocalAuthorityName AuthorityName LAName CouncilName Council "
        "DistrictName LocalAuthorityDistrict"
    ),
    "holder_uri": "OrganisationURI OrganisationCode PublisherURI OrganisationURL OrganizationURI",
    "effective_date": (
        "EffectiveDate ExtractDate DateOfData AsAt LastUpdated DateUpdated UpdateDate LastUpdatedDate "
        "SiteLastUpdatedDate DateExtracted DataAsAt SnapshotDate"
    ),
    "uprn": (
        "UPRN UniquePropertyReferenceNumber UniquePropertyReference PropertyReferenceNumber UPRNNumber "
        "UniquePropertyReferenceNo UniquePropertyReferenceNumberUPRN NLPGUPRN LLPGUPRN"
    ),
    "code": (
        "AssetCode UniqueAssetIdentity UniqueAssetId UniqueAssetIdentifier AssetId AssetNumber AssetNo "
        "AssetRef AssetReference AssetReferenceNumber PropertyRef PropertyReference PropertyCode "
        "PropertyNumber PropertyId SiteReference SiteRef SiteCode SiteId Reference PropRef Ref "
        "UniqueReferenceNumber UniqueId URN UniqueReference EstateRef TerrierRef LocalReference UniqueAssetNumber"
    ),
    "name": (
        "PropertyName PropetyName ProprtyName PropertyDescription AssetName AssetDescription "
        "SiteName SiteNameAddress NameOfBuildingOrLand NameOfTheBuildingOrLand NameOfBuildingLand "
        "NameOfTheBuildingLand NameOfLandBuilding NameOfBuildingLandOrBoth BuildingName AssetTitle PropertyTitle "
        "EstablishmentName SchoolName LibraryName PracticeName CentreName VenueName HallName FacilityName "
        "CommunityHub ParkName OrganisationSiteName PremisesName Name Title Description Library School Hub "
        "Venue LandName NameOfAsset DescriptionOfAsset LocationDescription"
    ),
    "number": "StreetNumber HouseNumber BuildingNumber StreetNo PropertyNo HouseNo StreetNumbers No PAON",
    "street": (
        "StreetName Street Road StreetAddress RoadName Thoroughfare AddressLine1 Address1 Address01 AddLine1 "
        "StreetDescriptor"
    ),
    "address": (
        "Address PropertyAddress SiteAddress FullAddress AssetAddress AddressFull PostalAddress "
        "AddressOfProperty Location PropertyLocation"
    ),
    "town": (
        "PostTown PostalTown Town TownCity City TownName AddressTown AddressLine2 AddressLine3 Address2 Address3 "
        "Locality"
    ),
    "postcode": (
        "PostCode PostalCode UKPostcode UnitedKingdomPostcode ZipCode PCDS PCD PostCodeFull AddressPostcode "
        "SitePostcode PropertyPostcode Pcode"
    ),
    "ward_code": "WardCode OSWard ElectoralWard WardGSSCode",
    "crs": "CoordinateReferenceSystem CRS CoordinateSystem GeoReferenceSystem SRID MapProjection",
    # x and y line by line: the first of one belongs to the first of the other.
    "x": (
        "GeoX Easting Eastings GeoXEasting GeoEasting MapEasting EastingX OSEasting XCoordinate XCoord X "
        "Longitude Lon Long Lng XEasting EastingOSGB36 EastingM GridEasting"
    ),
    "y": (
        "GeoY Northing Northings GeoYNorthing GeoNorthing MapNorthing NorthingY OSNorthing YCoordinate YCoord Y "
        "Latitude Lat Lati Latt YNorthing NorthingOSGB36 NorthingM GridNorthing"
    ),
    "place": (
        "GridReference GridRef OSGridReference OSGridRef NGR NationalGridReference MapReference MapRef Point "
        "GeoPoint LatLong LatLon LatitudeLongitude Coordinates EastingNorthing EastingsNorthings Geolocation"
    ),
    "tenure": (
        "TenureType Tenure TypeOfTenure FreeholdLeasehold InterestType TypeOfInterest LegalInterest "
        "FreeholdOrLeasehold TenureDescription OwnershipType Ownership Interest"
    ),
    "tenure_detail": (
        "TenureDetail TenureDetails TenureCategory Occupancy OccupationStatus VacantOccupied OccupiedVacant "
        "OccupancyStatus OccupiedBy Occupation Occupier OccupierType Occupied TenureSubType TenureCharacteristics "
        "LeaseStatus OccupancyType"
    ),
    "vacant": "Vacant IsVacant VacantYN WhetherVacant VacantProperty IsItVacant",
    "purpose": (
        "OtherDetail OtherDetails Purpose ReasonForHolding PurposeAssetHeld PurposeForHolding UseClass Use "
        "CurrentUse AssetType PropertyType PropertyTypeDescription AssetCategory AssetClass SiteType FacilityType "
        "TypeOfAsset PropertyUse UseDescription ReasonForHoldingAsset Type ServiceOffered ServicesOffered "
        "EstablishmentType TypeOfEstablishment PropertyCategory Category UseOfProperty PresentUse PlanningStatus"
    ),
    "holding": (
        "HoldingType Holding LandOnlyOrWithBuilding LandOrBuilding LandBuilding LandOrBuildings "
        "LandAndBuildings BuildingOrLand BuildingLand LandOnly LandOnlyLandWithPermanentBuilding "
        "LandOnlyOrLandWithPermanentBuilding WhetherLandOnly"
    ),
    "building_size": (
        "BuildingSize BuildingSizeSqm FloorArea FloorAreaSqm GIA GrossInternalArea GIAM2 GIASqm "
        "BuildingSizeGIAM2 BuildingArea GrossInternalFloorArea SizeOfBuilding NIA"
    ),
    "land_area": (
        "LandArea LandAreaHa SiteArea SiteAreaHa Hectares AreaHa LandAreaHectares SizeHa AreaHectares Hecatres "
        "SiteSize LandSize AreaInHectares SizeHectares"
    ),
    "land_square_metres": "LandAreaSqm LandAreaM2 SiteAreaSqm SiteAreaM2 AreaSqm AreaM2 LandM2",
    "acres": "Acres Acreage AreaAcres LandAreaAcres SiteAreaAcres SizeAcres",
    "energy_rating": "EnergyRating EPC EPCRating EnergyPerformance DECRating EnergyPerformanceRating EPCBand",
    "ownership": "OwnershipStatus",
    "closed": "Closed ClosedDate ClosureDate DateClosed CloseDate ClosedOn EndDate",
    "notes": "Notes SiteInformation Comments Remarks",
    "hours": "OpeningHours OpeningTimes PublicHours HoursOfOpening OpenHours OpeningHoursText Hours",
    "monday": "Monday Mon MondayHours MondayOpening",
    "tuesday": "Tuesday Tue Tues TuesdayHours TuesdayOpening",
    "wednesday": "Wednesday Wed WednesdayHours WednesdayOpening",
    "thursday": "Thursday Thu Thurs ThursdayHours ThursdayOpening",
    "friday": "Friday Fri FridayHours FridayOpening",
    "saturday": "Saturday Sat SaturdayHours SaturdayOpening",
    "sunday": "Sunday Sun SundayHours SundayOpening",
    "step_free": (
        "StepFree StepFreeAccess WheelchairAccess WheelchairAccessible DisabledAccess "
        "DisabilityFindingReachingEntrance LevelAccess"
    ),
    "hearing_loop": "HearingLoop InductionLoop",
    "accessible_toilet": "AccessibleToilet DisabledToilet DisabilityToilets AccessibleToilets DisabledToilets",
    "changing_place": "ChangingPlace ChangingPlaces ChangingPlacesToilet",
    "parking": "DisabilityParking Parking CarPark CarParking OnSiteParking",
    # Ours: rooms of a building, plots as polygons.
    "kind": "Kind",
    "status": "Status AssetStatus PropertyStatus VacancyStatus CurrentStatus",
    "parent_code": "ParentAssetCode ParentCode PartOf ParentAsset",
    "half_of": "HalfOf",
    "capacity": "Capacity MaxCapacity MaximumCapacity Seats",
    "hire_hours": "HireHours LettingHours",
    "price_per_hour": "PricePencePerHour HourlyRatePence",
    "opened_by": "OpenedBy",
    "geometry": "Geometry WKT GeometryWKT Shape GeoArea Geom TheGeom Wkb",
}

# Words in a heading that nobody has spelt this way yet, in order; looked up in its words, lower case, one space between.
PATTERNS = (
    (r"\buprn\b|unique property ref", "uprn"),
    (r"\beastings? (and )?northings?\b|grid ref|\blat\w* long?\w*\b", "place"),
    (r"\beastings?\b|\blongitude\b|\bgeo ?x\b|\bx co ?ord", "x"),
    (r"\bnorthings?\b|\blatitude\b|\bgeo ?y\b|\by co ?ord", "y"),
    (r"\bpost ?code\b", "postcode"),
    (r"co ?ordinate (reference )?system", "crs"),
    (r"land only|permanent building|land or building|building or land", "holding"),
    (r"\bparent\b.*\b(asset|code|ref\w*)\b", "parent_code"),
    (r"\bname of\b.*\b(building|land|asset|property|site)|^(asset|property|site|building|land|premises) (name|title)", "name"),
    (r"^(unique )?(asset|property|site|estate)s?( unique)? (id|identity|identifier|ref\w*|number|no|code)\b|unique asset", "code"),
    (r"gross internal|floor ?(area|space)|\bgia\b|\bbuilding (size|area)\b", "building_size"),
    (r"\b(land|site|plot) (area|size)\b.*\b(sq ?m|m2|square met)", "land_square_metres"),
    (r"\bacres?\b|\bacreage\b", "acres"),
    (r"\bhectares?\b|\b(area|size) ha\b|\b(land|site|plot) (area|size)\b", "land_area"),
    (r"\b(street|house|building) (no|number)s?\b", "number"),
    (r"\bpost(al)? town\b", "town"),
    (r"\bstreet name\b|\baddress (line )?1\b", "street"),
    (r"\baddress (line )?[234]\b", "town"),
    (r"\b(asset|property|site|full|postal|building) address\b|\baddress of\b", "address"),
    (r"\btenure (detail|characteristic|categor|sub)|occupied by|occupancy|occupation status", "tenure_detail"),
    (r"\btenure\b|freehold.*leasehold|leasehold.*freehold", "tenure"),
    (r"\bvacant\b|\bvacancy\b", "vacant"),
    (r"reason for hold|purpose.*(held|hold)|current use|use class|(asset|property|building|site) (type|use|category)", "purpose"),
    (r"\bopening (hours|times)\b|hours of opening", "hours"),
    (r"energy (performance|rating)|\bepc\b", "energy_rating"),
    (r"effective date|date (last )?updated|last updated|extract date", "effective_date"),
    (r"\borganisation (name|label)\b|name of (the )?(organisation|authority|council)", "holder"),
)  # fmt: skip
PATTERN_OF = tuple((re.compile(pattern), field) for pattern, field in PATTERNS)

NAMED, NEARLY, WORDS, VALUES, TOLD = "named", "nearly", "by a word in it", "a guess from its values", "mapping file"  # fmt: skip
PAIRED = ("x", "y")  # never filled up from another column: half of one pair is no half of another


class Match(NamedTuple):
    """One column that is understood: its field, its position (0 is the first), its heading, how it was known."""

    field: str
    position: int
    heading: str
    how: str


def plain(header: str) -> str:
    """A heading without case, spaces, punctuation or the Code's leading count ("12. Tenure")."""
    return re.sub(r"^\s*\d+\W|[\W_]", "", header.casefold())


def words(header: str) -> str:
    """The words of a heading, lower case, one space between, "GeoX" in two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.findall(r"[^\W_]+", apart.casefold()))


FIELD_OF = {
    plain(spelling): field for field, names in SPELLINGS.items() for spelling in names.split()
}
RANKS = {
    field: {plain(spelling): rank for rank, spelling in enumerate(names.split())}
    for field, names in SPELLINGS.items()
}
LONG_ENOUGH_TO_GUESS = 8


@lru_cache(maxsize=4096)
def known(header: str) -> tuple[str, str] | None:
    """(field, how) of a heading: its spelling, one or two letters wrong in a long one, or words in it."""
    name = plain(header)
    if name in FIELD_OF:
        return FIELD_OF[name], NAMED
    if len(name) >= LONG_ENOUGH_TO_GUESS and (
        close := get_close_matches(name, FIELD_OF, n=1, cutoff=0.92)
    ):
        return FIELD_OF[close[0]], NEARLY
    apart = words(header)
    found = next((field for pattern, field in PATTERN_OF if pattern.search(apart)), None)
    return (found, WORDS) if found else None


def field_of(header: str) -> str | None:
    """The field that a heading names; None when it names none."""
    found = known(header)
    return found and found[0]


def match(
    headings: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    told: Mapping[str, str] | None = None,
) -> list[Match]:
    """The columns that are understood, for each field the likeliest first.

    `sample`: some rows below the headings, for what these do not say. `told`: {field: heading} of a mapping file;
    it goes before all else, and an empty heading says that the file has no such column.
    """
    told = told or {}
    wanted = {plain(heading): field for field, heading in told.items() if heading}
    found = []
    for position, heading in enumerate(headings):
        if plain(heading) in wanted and heading.strip():
            found.append(Match(wanted[plain(heading)], position, heading, TOLD))
        elif (guess := known(heading)) and guess[0] not in told:
            found.append(Match(guess[0], position, heading, guess[1]))
    found += _by_values(headings, sample, found, told)
    return sorted(found, key=lambda m: (m.field, _rank(m), m.position))


def _rank(found: Match) -> int:
    if found.how == TOLD:
        return -1
    ranks = RANKS[found.field]
    return ranks.get(plain(found.heading), len(ranks) + (found.how == VALUES))


POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)
UPRN = re.compile(r"[1-9]\d{7,11}")
SAYS_NOTHING = re.compile(r"(column|col|field|unnamed|f|c|v|x)?\d*")
ENOUGH = 0.7  # of the filled cells
AT_LEAST = 3  # filled cells: fewer say nothing
# What the numbers of the United Kingdom are: degrees with a fraction, or metres of its grids.
RANGES = (("x", -8.8, 1.9), ("y", 49.8, 61.0), ("x", 50_000.0, 660_000.0), ("y", 5_000.0, 1_225_000.0))  # fmt: skip


def _by_values(
    headings: Sequence[str],
    sample: Sequence[Sequence[str]],
    found: Sequence[Match],
    told: Mapping[str, str],
) -> list[Match]:
    """Postcodes, UPRNs, coordinates and names under headings that say nothing."""
    taken, have = {m.position for m in found}, {m.field for m in found} | set(told)
    guesses: list[Match] = []
    for position, heading in enumerate(headings):
        cells = [row[position].strip() for row in sample if position < len(row)]
        filled = [cell for cell in cells if cell]
        if position in taken or len(filled) < AT_LEAST:
            continue
        field = _meant(filled, have, says=not SAYS_NOTHING.fullmatch(plain(heading)))
        if field:
            guesses.append(Match(field, position, heading, VALUES))
            have.add(field)
    if {"x", "y"} & {g.field for g in guesses} and not {"x", "y"} <= have:
        guesses = [g for g in guesses if g.field not in PAIRED]
    return guesses


def _meant(filled: Sequence[str], have: set[str], *, says: bool) -> str | None:
    """What a column of these cells is, of what is still looked for; under a heading that says something they are no
    name.
    """
    tests = (
        ("postcode", lambda cell: bool(POSTCODE.fullmatch(cell))),
        ("uprn", lambda cell: bool(UPRN.fullmatch(cell))),
    )
    distinct = len(set(filled)) / len(filled)
    for field, test in tests:
        if field not in have and _share(map(test, filled)) >= ENOUGH and distinct > ENOUGH / 2:
            return field
    numbers = [n for n in map(_number, filled) if n is not None]
    if len(numbers) >= ENOUGH * len(filled) and distinct > ENOUGH:
        for field, low, high in RANGES:
            if field in have or (field == "y" and "x" not in have):
                continue
            exact = low > 1000 or _share(n != round(n) for n in numbers) >= ENOUGH  # noqa: PLR2004 - degrees have fractions
            if exact and _share(low <= n <= high for n in numbers) >= ENOUGH:
                return field
    if says:
        return None
    worded = _share(len(re.findall(r"[^\W\d_]", cell)) > len(cell) / 2 for cell in filled)
    if worded >= ENOUGH and distinct > ENOUGH and not {"name", "address", "street"} & have:
        return "name" if have & {"postcode", "uprn", "x", "code"} else None
    return None


def _share(answers: Iterable[bool]) -> float:
    listed = list(answers)
    return sum(listed) / len(listed) if listed else 0.0


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def recognise(headers: Iterable[str]) -> dict[str, str]:
    """{field: heading} for the headings that are understood.

    Where two headings name one field the spelling that stands first in the table wins, then the
    leftmost.
    """
    found: dict[str, str] = {}
    for one in match(list(headers)):
        found.setdefault(one.field, one.heading)
    return found


def fields(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """{field: value} of one row, white space made single; fields left empty are not there."""
    values = {field: " ".join((row.get(header) or "").split()) for field, header in columns.items()}
    return {field: value for field, value in values.items() if value}
