"""Alembic on both engines. `portal migrate` hands over the connection; nothing is read from an ini file."""

from alembic import context

from portal.migrate import ours
from portal.models import Model

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    include_object=ours,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
