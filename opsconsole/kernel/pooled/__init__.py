"""A database engine for Django: PostgreSQL by psycopg2, with connections that outlive the request."""
