"""What Alembic runs around the steps: they run on the connection, and in the transaction, of ``migrations.upgrade``."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
