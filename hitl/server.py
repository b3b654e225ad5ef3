"""What a web server loads: the application, after a look at the guards of the database that it will serve."""

from hitl.wsgi import application  # it sets Django up, which the others need

# isort: split
from django.db import connection

from hitl.starting import look_at_guards

__all__ = ["application"]

look_at_guards()
connection.close()
