"""All that a deployment of tracebloc holds, so that it can be compared before and after: rows, queues, objects and databases.

    python -m tests.remote.contents NAME

Only for one that `ringmaster up` started on this machine: it looks into the backend's own database, a SQLite file or in MariaDB.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing

import boto3
import httpx
import mysql.connector
from botocore.config import Config
from mysql.connector.abstracts import MySQLConnectionAbstract
from mysql.connector.pooling import PooledMySQLConnection

from environments.platforms.tracebloc.services import ACCESS_KEY, BUCKET, BUS_KEY, CONTROL, DATABASE_PASSWORD, STORE_KEY
from environments.platforms.tracebloc.stores.mariadb import ADMINISTRATOR, BACKEND
from environments.remote.deployments import ExistingDeployment, read_deployment

EXPIRE_BY_THEMSELVES = "device_codes"
"""Nobody has them, so nobody can remove them."""


def contents_of(deployment: ExistingDeployment) -> set[str]:
    """A line for each thing that is there."""
    found = {*_rows(deployment), *_entities(deployment), *_objects(deployment)}
    return found | set(_databases(deployment)) if ("mariadb", "sql") in deployment.addresses else found


def _rows(deployment: ExistingDeployment) -> Iterator[str]:
    if "backend" not in deployment.volumes:
        yield from _rows_in_mariadb(deployment)
        return
    file = deployment.volumes["backend"] / "backend.sqlite3"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table == EXPIRE_BY_THEMSELVES:
                continue
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608 - the name is the database's own
                yield f"row of {table}: {row}"


def _rows_in_mariadb(deployment: ExistingDeployment) -> Iterator[str]:
    with _mariadb(deployment) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (BACKEND,))
        for (table,) in cursor.fetchall():
            if table == EXPIRE_BY_THEMSELVES:
                continue
            cursor.execute(f"SELECT * FROM `{BACKEND}`.`{table}`")  # noqa: S608 - the name is the database's own
            yield from (f"row of {table}: {row}" for row in cursor.fetchall())


def _entities(deployment: ExistingDeployment) -> Iterator[str]:
    key = deployment.secret(BUS_KEY)
    answer = httpx.get(f"{deployment.addresses['service_bus', CONTROL].url}/state", headers={"Authorization": f"Bearer {key}"})
    for entity in answer.raise_for_status().json()["entities"]:
        yield f"{entity['kind']} {entity['path']}: {entity['waiting']} waiting, {entity['dead_letters']} dead-lettered"


def _objects(deployment: ExistingDeployment) -> Iterator[str]:
    store = boto3.client(
        "s3",
        endpoint_url=deployment.addresses["object_store", "http"].url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=deployment.secret(STORE_KEY),
        config=Config(proxies={}),
    )
    for page in store.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        # the zoo is the platform's own, made when somebody first asks for it
        yield from (f"object {one['Key']}" for one in page.get("Contents", []) if not one["Key"].startswith("model-zoo/"))


def _databases(deployment: ExistingDeployment) -> Iterator[str]:
    with _mariadb(deployment) as connection:
        cursor = connection.cursor()
        for what, statement in (("database", "SHOW DATABASES"), ("database account", "SELECT user FROM mysql.user")):
            cursor.execute(statement)
            for (name,) in cursor.fetchall():
                yield f"{what} {name!s}"


def _mariadb(deployment: ExistingDeployment) -> MySQLConnectionAbstract | PooledMySQLConnection:
    address = deployment.addresses["mariadb", "sql"]
    password = deployment.secret(DATABASE_PASSWORD)
    return mysql.connector.connect(host=address.host, port=address.port, user=ADMINISTRATOR, password=password)


def main() -> None:
    """Print what is there."""
    for line in sorted(contents_of(read_deployment(sys.argv[1]))):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
