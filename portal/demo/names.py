"""Names for an invented borough: common English words. Nobody and nothing here exists."""

BOROUGH = "Thornmere"
COUNCIL = "Thornmere Borough Council"
HOMES = "Lantern and Fen Homes"
SCHOOLS = "Mereside Learning Trust"
HEALTH = "Thornmere and Fens NHS Trust"
FIRE = "Thornmere Fire and Rescue Service"
PARISH = "Ashby Fen Parish Council"

# No postcode area of the United Kingdom begins with TM.
POSTCODE_AREA = "TM"

_WORDS = """
Abbot Acre Alder Almond Anchor Angel Apple Arden Ash Aspen Aster Badger Baker Balmer Bank Barley
Barn Bay Beacon Beck Beech Bell Birch Bishop Blossom Bracken Bramble Brewer Briar Bridge Broad
Brook Broom Burnet Butter Calder Campion Canal Canon Carr Castle Cedar Chandler Chapel Cherry
Chestnut Church Clay Clover Cobbler Colley Common Cooper Copper Coppice Corn Cornflower Cottage
Cowslip Croft Crossley Curlew Dale Damson Dean Dove Drover Dyer Elder Elm Fallow Farrier Fell
Fern Ferry Field Finch Flax Fletcher Ford Foundry Fuller Furze Gander Garth Gate Glebe Goose
Gorse Grange Granary Green Hadley Harrier Hart Harvest Hawthorn Hazel Heath Hedge Heron Hill
Holly Honey Hop Hornbeam Ings Ivy Jasmine Jubilee Juniper Kestrel Kiln King Lace Lamb Larch Lark
Laurel Lavender Leather Lilac Lime Linden Linnet Lock Loom Lowther Magpie Mallow Malt Maple
Marigold Marsh Mason Mayfield Meadow Mercer Mill Minster Moat Moor Moss Mulberry Nether Newton
Oak Oaten Orchard Osier Otter Owl Oxley Paddock Park Parson Pear Pepper Pike Pine Pinfold Plover
Plum Poplar Poppy Potter Priory Quarry Quay Queen Quince Ravens Rectory Reed Rope Rose Rowan
Rush Saddler Saffron Salt Sand School Sedge Shepherd Silver Sloe Smithy Sorrel South Sparrow
Spinney Spring Staith Starling Station Stone Swan Sycamore Tanner Teal Thatch Thistle Thorn
Thrush Tithe Tower Trinity Vicarage Vine Violet Walnut Warren Water Weaver Wharf Wheat White
Willow Wind Wood Wren Yarrow Yew
"""
FIRST = tuple(_WORDS.split())

MAIN = ("Road", "Street", "Lane", "Way", "Gate")
RESIDENTIAL = ("Avenue", "Close", "Grove", "Drive", "Terrace", "Walk", "Crescent", "Place", "Court")


class NameBook:
    """Street names, each given out once, in an order that the generator's random numbers set."""

    def __init__(self, rng):
        self._main = _book(rng, MAIN)
        self._residential = _book(rng, RESIDENTIAL)

    def street(self, *, main):
        """A name nobody has had yet."""
        return (self._main if main else self._residential).pop()


def _book(rng, endings):
    """Plain names at the end, to be given out first; "Old ..." and "Little ..." in reserve."""
    plain = [f"{first} {last}" for last in endings for first in FIRST]
    rng.shuffle(plain)
    return [f"{age} {name}" for age in ("Little", "Old") for name in plain] + plain
