"""The plan of a place for its agreement: its shape as the register has it, with a scale, north up."""

from xml.sax.saxutils import quoteattr

from flask_babel import gettext as _

from geo.shapes import inner_point
from geo.svg import Frame
from portal.areas.models import Area
from portal.documents.drawings import SVG, Drawing
from portal.register.models import Asset

# So much ground is shown at least; a point has surroundings then.
LEAST_METRES = 60
BARS = (1000, 500, 200, 100, 50, 20, 10)  # metres
LARGEST_BAR = 0.4  # of the picture's width
POINT = 8  # the radius of a place that has no shape


def plan_of(asset: Asset, area: Area) -> Drawing | None:
    """The picture; None for a place whose position is not known."""
    frame = Frame.around([asset.shape], least_metres=LEAST_METRES) if asset.shape else None
    if frame is None:
        return None
    parts = [
        f'<rect width="{frame.width:g}" height="{frame.height:g}" fill="#f4f1ea"/>',
        _shape(frame, asset, quoteattr(area.colour)),
        _bar(frame),
    ]
    size = f'viewBox="{frame.view_box}" width="{frame.width:g}" height="{frame.height:g}"'
    alt = _("Plan of %(place)s, north up.", place=asset.name)
    return {"svg": f"<svg {SVG} {size}>{''.join(parts)}</svg>", "alt": alt}


def metres_of_bar(frame: Frame) -> int:
    """The longest round length that is not too long for the picture."""
    return next((m for m in BARS if m <= LARGEST_BAR * frame.metres_across), BARS[-1])


def _shape(frame: Frame, asset: Asset, colour: str) -> str:
    if path := frame.path(asset.shape) if asset.shape.area else "":
        return (
            f'<path d="{path}" fill={colour} fill-opacity="0.25" stroke={colour} stroke-width="3"/>'
        )
    x, y = frame.place(*inner_point(asset.shape))
    return f'<circle cx="{x}" cy="{y}" r="{POINT}" fill={colour}/>'


def _bar(frame: Frame) -> str:
    """A scale bar at the bottom; its length is said in the caption, where every reader finds it."""
    wide = metres_of_bar(frame) / frame.metres_across * frame.width
    y = frame.height - 24
    return f'<path d="M20 {y - 6:g}V{y + 6:g}M20 {y:g}H{20 + wide:.1f}M{20 + wide:.1f} {y - 6:g}V{y + 6:g}" stroke="#1f2723" stroke-width="2" fill="none"/>'


def caption(asset: Asset) -> str:
    """What the plan shows and how long its bar is."""
    frame = Frame.around([asset.shape], least_metres=LEAST_METRES)
    return _("North is up. The bar is %(metres)s metres long. The shape is the register's.", metres=metres_of_bar(frame))  # fmt: skip
