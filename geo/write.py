"""GeoPackage out, as a program of its own: `python -m geo.write IN.geojson OUT.gpkg LAYER`.

What writes it brings GDAL and pandas with it; in a process of its own a web worker never carries them.
"""

import sys
from pathlib import Path


def geopackage(source: Path, target: Path, layer: str) -> None:
    """Turn a GeoJSON file (EPSG:4326) into a GeoPackage; features without a shape stay, with none."""
    import pyogrio  # noqa: PLC0415 - see above

    meta, _, geometry, values = pyogrio.raw.read(source)
    pyogrio.raw.write(
        target, geometry=geometry, field_data=values, fields=meta["fields"], layer=layer, driver="GPKG",
        geometry_type="Unknown", crs="EPSG:4326", promote_to_multi=False,
    )  # fmt: skip


if __name__ == "__main__":
    geopackage(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
