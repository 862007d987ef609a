CREATE SCHEMA shop;

CREATE TABLE shop.orders (id int PRIMARY KEY, customer varchar(40) NOT NULL, amount numeric(12, 2));

INSERT INTO shop.orders VALUES (1, 'cust-1', 1.25), (2, 'cust-2', 2.50), (3, 'cust-3', 3.75);

CREATE ROLE trino_ro LOGIN PASSWORD 'pw_ok';

GRANT USAGE ON SCHEMA shop TO trino_ro;

GRANT SELECT ON ALL TABLES IN SCHEMA shop TO trino_ro;

CREATE ROLE nologin PASSWORD 'pw_ok';

CREATE ROLE outsider LOGIN PASSWORD 'pw_ok';

REVOKE CONNECT ON DATABASE sales FROM PUBLIC;

GRANT CONNECT ON DATABASE sales TO trino_ro;

CREATE SCHEMA redshift_views;

CREATE VIEW redshift_views.svv_external_schemas AS SELECT null::int esoid, null::int eskind, null::text schemaname, null::int esowner, null::text databasename, null::text esoptions WHERE false;

CREATE VIEW redshift_views.svv_external_tables AS SELECT null::text redshift_database_name, null::text schemaname, null::text tablename, null::text tabletype, null::text location WHERE false;

GRANT USAGE ON SCHEMA redshift_views TO trino_ro;

GRANT SELECT ON ALL TABLES IN SCHEMA redshift_views TO trino_ro;

ALTER ROLE trino_ro SET search_path = '$user', public, redshift_views;
