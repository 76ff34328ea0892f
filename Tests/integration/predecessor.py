"""Databases as the system before this one made them: both of its schemas, as its README and its tables have them."""

import datetime
import json
import sqlite3

WHOLE = """
CREATE TABLE pdus (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL, ip_address VARCHAR(15) NOT NULL UNIQUE,
    created_at DATETIME);
CREATE TABLE power_readings (
    id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER NOT NULL REFERENCES pdus (id), timestamp DATETIME NOT NULL,
    power_watts FLOAT NOT NULL, power_kw FLOAT NOT NULL);
CREATE TABLE power_aggregations (
    id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER REFERENCES pdus (id), period_type VARCHAR(20) NOT NULL,
    period_start DATETIME NOT NULL, period_end DATETIME NOT NULL, total_kwh FLOAT NOT NULL,
    avg_power_watts FLOAT NOT NULL, max_power_watts FLOAT NOT NULL, min_power_watts FLOAT NOT NULL);
CREATE TABLE system_settings (
    id INTEGER NOT NULL PRIMARY KEY, key VARCHAR(100) NOT NULL UNIQUE, value TEXT, updated_at DATETIME);
CREATE INDEX ix_power_readings_timestamp ON power_readings (timestamp);
"""

OUTLETS = """
CREATE TABLE pdus (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL, ip_address VARCHAR(15) NOT NULL UNIQUE,
    model VARCHAR(50) NOT NULL, created_at DATETIME);
CREATE TABLE pdu_ports (
    id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER NOT NULL REFERENCES pdus (id), port_number INTEGER NOT NULL,
    name VARCHAR(100) NOT NULL, description VARCHAR(200), is_active BOOLEAN, created_at DATETIME, updated_at DATETIME);
CREATE TABLE power_readings (
    id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER NOT NULL REFERENCES pdus (id), timestamp DATETIME NOT NULL,
    total_power_watts FLOAT NOT NULL, total_power_kw FLOAT NOT NULL);
CREATE TABLE port_power_readings (
    id INTEGER NOT NULL PRIMARY KEY, port_id INTEGER NOT NULL REFERENCES pdu_ports (id), timestamp DATETIME NOT NULL,
    power_watts FLOAT NOT NULL, power_kw FLOAT NOT NULL, current_amps FLOAT, voltage FLOAT, power_factor FLOAT,
    status VARCHAR(10));
CREATE TABLE power_aggregations (
    id INTEGER NOT NULL PRIMARY KEY, pdu_id INTEGER, port_id INTEGER, period_type VARCHAR(20) NOT NULL,
    period_start DATETIME NOT NULL, period_end DATETIME NOT NULL, total_kwh FLOAT NOT NULL,
    avg_power_watts FLOAT NOT NULL, max_power_watts FLOAT NOT NULL, min_power_watts FLOAT NOT NULL);
CREATE TABLE outlet_groups (
    id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, description VARCHAR(200), outlet_ids TEXT NOT NULL,
    color VARCHAR(7), created_at DATETIME, updated_at DATETIME);
CREATE TABLE system_settings (
    id INTEGER NOT NULL PRIMARY KEY, key VARCHAR(100) NOT NULL UNIQUE, value TEXT, updated_at DATETIME);
CREATE INDEX ix_power_readings_timestamp ON power_readings (timestamp);
CREATE INDEX ix_port_power_readings_timestamp ON port_power_readings (timestamp);
"""


def text(moment):
    """As SQLAlchemy writes a naive datetime."""
    return moment.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M:%S.%f")


def utc(year, month, day, hour=0, minute=0, second=0):
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone.utc)


def minutes(start, count, step=60):
    """`count` moments, `step` seconds apart."""
    return [start + datetime.timedelta(seconds=step * index) for index in range(count)]


class Predecessor:
    """A file to be filled and imported."""

    def __init__(self, path, schema=WHOLE):
        self.path = path
        self.has_outlets = schema is OUTLETS
        self.database = sqlite3.connect(path)
        self.database.executescript(schema)

    def pdu(self, id, name, address):
        columns = "id, name, ip_address, created_at" + (", model" if self.has_outlets else "")
        values = (id, name, address, "2025-01-01 00:00:00.000000") + (("PX3-5892",) if self.has_outlets else ())
        self.database.execute(f"INSERT INTO pdus ({columns}) VALUES ({', '.join('?' * len(values))})", values)
        return self

    def readings(self, pdu, rows):
        """Rows of a time, as a text or a datetime, and watts; perhaps with the kilowatts, where those differ."""
        watts, kilowatts = ("total_power_watts", "total_power_kw") if self.has_outlets else ("power_watts", "power_kw")
        self.database.executemany(
            f"INSERT INTO power_readings (pdu_id, timestamp, {watts}, {kilowatts}) VALUES (?, ?, ?, ?)",
            [
                (pdu, row[0] if isinstance(row[0], str) else text(row[0]), row[1],
                 row[2] if len(row) > 2 else row[1] / 1000)
                for row in rows
            ],
        )
        return self

    def port(self, id, pdu, number, name):
        self.database.execute(
            "INSERT INTO pdu_ports (id, pdu_id, port_number, name, is_active) VALUES (?, ?, ?, ?, 1)",
            (id, pdu, number, name),
        )
        return self

    def outlet_readings(self, port, rows):
        self.database.executemany(
            "INSERT INTO port_power_readings (port_id, timestamp, power_watts, power_kw, current_amps, voltage,"
            " power_factor, status) VALUES (?, ?, ?, ?, ?, 230.0, 0.95, 'ON')",
            [(port, text(moment), watts, watts / 1000, watts / 230) for moment, watts in rows],
        )
        return self

    def group(self, name, ports, colour="#1F77B4"):
        self.database.execute(
            "INSERT INTO outlet_groups (name, description, outlet_ids, color) VALUES (?, 'of old', ?, ?)",
            (name, json.dumps(ports), colour),
        )
        return self

    def close(self):
        self.database.commit()
        self.database.close()
        return self.path
