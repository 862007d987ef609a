-- The database `sales` of the test PostgreSQL. The account `trino_ro` is what a registered catalog signs in with.
CREATE ROLE trino_ro LOGIN PASSWORD 'pw_ok';
CREATE DATABASE sales;
\connect sales
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id int PRIMARY KEY, customer text NOT NULL, amount numeric(12, 2));
INSERT INTO shop.orders SELECT g, 'cust-' || g % 7, g * 1.25 FROM generate_series(1, 100) g;
GRANT USAGE ON SCHEMA shop TO trino_ro;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO trino_ro;
