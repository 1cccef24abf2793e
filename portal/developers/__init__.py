"""The portal for other programs: what can be read, described for people and as an OpenAPI document."""
