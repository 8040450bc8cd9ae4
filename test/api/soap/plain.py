"""Plain Python values for what zeep takes and gives: the generic elements of the hub's schemas as dicts and lists."""
import datetime
import json
from decimal import Decimal

import zeep
from zeep.helpers import serialize_object

KINDS = {"text", "number", "boolean", "null", "object", "list"}


class Encoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, datetime.datetime):
            return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        return super().default(value)


def value(plain):
    """Any plain value as the type Value."""
    if plain is None:
        return {"null": {}}
    if isinstance(plain, bool):
        return {"boolean": plain}
    if isinstance(plain, (int, float)):
        return {"number": plain}
    if isinstance(plain, str):
        return {"text": plain}
    if isinstance(plain, list):
        return {"list": {"item": [value(item) for item in plain]}}
    return {"object": members(plain)}


def members(plain):
    """A dict as the type Object."""
    return {"member": [{"name": name, "value": value(item)} for name, item in plain.items()]}


def encoded(given):
    """Arguments of a call: {"$object": {...}} is a generic object, {"$nil": true} an empty element."""
    if isinstance(given, list):
        return [encoded(item) for item in given]
    if not isinstance(given, dict):
        return given
    if "$object" in given:
        return members(given["$object"])
    if "$nil" in given:
        return zeep.xsd.Nil
    return {name: encoded(item) for name, item in given.items()}


def decoded(answer):
    """What zeep read, without what is not there, generic elements as plain values."""
    return plain(serialize_object(answer, dict))


def plain(given):
    if isinstance(given, list):
        return [plain(item) for item in given if item is not None]
    if not isinstance(given, dict):
        return given
    if set(given) == {"member"}:
        return {one["name"]: plain(one["value"]) for one in given["member"] or []}
    if set(given) == KINDS | {"kind"}:
        return any_value(given)
    return {name: plain(item) for name, item in given.items() if item is not None}


def any_value(given):
    """The type Value; zeep has None for an empty element, so `kind` says what it would be."""
    kind = given["kind"]
    if kind == "object":
        return plain(given["object"] or {"member": []})
    if kind == "list":
        return plain((given["list"] or {}).get("item") or [])
    if kind == "text":
        return given["text"] or ""
    number = given["number"]
    return given["boolean"] if kind == "boolean" else number


def fault_detail(fault):
    """The texts of the element HubFault, by name."""
    if fault.detail is None or len(fault.detail) == 0:
        return None
    return {element.tag.split("}")[1]: element.text for element in fault.detail[0]}
