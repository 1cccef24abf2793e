"""Alembic on both engines. `portal migrate` hands over the connection; nothing is read from an ini file."""

from alembic import context

from portal.models import Model

connection = context.config.attributes["connection"]


def include_object(
    thing: object, name: str | None, kind: str, reflected: bool, compare_to: object
) -> bool:
    """Leave alone what the engines keep for themselves: PostGIS's tables and the R*Tree's."""
    return not (
        kind == "table" and reflected and (name or "").startswith(("spatial_ref_sys", "asset_box"))
    )


context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    include_object=include_object,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
