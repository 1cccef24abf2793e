"""The register of land, buildings and rooms."""
