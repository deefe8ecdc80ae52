"""Where facts and entries are kept: SQLAlchemy Core on SQLite or PostgreSQL, behind the ports of the services."""
