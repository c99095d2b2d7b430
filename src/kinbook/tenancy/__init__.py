"""Who is asking, for which practice: the one place that names both to PostgreSQL."""
