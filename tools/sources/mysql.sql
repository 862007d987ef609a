-- The schema `shop` of the test MySQL. The account `trino_ro` is what a registered catalog signs in with; `admin` is the tests' own.
CREATE DATABASE shop;
CREATE TABLE shop.orders (id int PRIMARY KEY AUTO_INCREMENT, customer varchar(40) NOT NULL, amount decimal(12, 2));
INSERT INTO shop.orders (customer, amount) VALUES ('acme', 10.50), ('globex', 20.25), ('initech', 30.00);
CREATE USER 'trino_ro'@'%' IDENTIFIED BY 'pw_ok';
GRANT SELECT ON shop.* TO 'trino_ro'@'%';
CREATE USER 'admin'@'localhost' IDENTIFIED WITH mysql_native_password BY 'admin_pw';
GRANT ALL ON *.* TO 'admin'@'localhost' WITH GRANT OPTION;
