"""Every connector of the product, with the server that proves it."""

from live.sources.bigquery import BigQuery
from live.sources.cassandra import Cassandra
from live.sources.databricks import Databricks
from live.sources.delta_lake import DeltaLake
from live.sources.elasticsearch import Elasticsearch
from live.sources.hive import Hive
from live.sources.iceberg import Iceberg
from live.sources.kafka import Kafka
from live.sources.mongodb import MongoDb
from live.sources.mysql import MySql
from live.sources.oracle import Oracle
from live.sources.postgresql import PostgreSql
from live.sources.redshift import Redshift
from live.sources.snowflake import Snowflake
from live.sources.sqlserver import SqlServer
from support.source import Source

SOURCES: list[type[Source]] = [
    PostgreSql, MySql, SqlServer, Oracle, Iceberg, Hive, DeltaLake, Snowflake, BigQuery, Redshift, Databricks, MongoDb, Cassandra,
    Elasticsearch, Kafka,
]  # fmt: skip
