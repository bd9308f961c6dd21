"""MySQL's connector, and what it asks the program `lsb_release` at the first connection of each process: asked once, by who forks them."""

from mysql.connector.plugins import mysql_native_password  # noqa: F401
from mysql.connector.utils import get_platform
from sqlalchemy.dialects.mysql import mysqlconnector  # noqa: F401

# the connector remembers it (mysql-connector-python 26.10.0)
get_platform()
