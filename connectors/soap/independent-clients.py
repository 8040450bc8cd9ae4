"""Calls the SOAP services of the test with zeep: python3 independent-clients.py, a JSON document on standard input.

Prints a JSON document of what came of it. Written for Debian's python3-zeep.
"""
import datetime
import json
import sys
from decimal import Decimal

import zeep
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.plugins import HistoryPlugin
from zeep.wsse.username import UsernameToken


class Encoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        if isinstance(value, bytes):
            return value.hex()
        return str(value)


def fault_of(act):
    try:
        act()
    except Fault as fault:
        return {"code": fault.code, "message": fault.message, "subcodes": [str(code) for code in fault.subcodes or []]}
    return None


def client_for(wsdl, user, password, digest=True):
    token = UsernameToken(user, password, use_digest=digest)
    return zeep.Client(wsdl, wsse=token, plugins=[HistoryPlugin()])


def billing(task):
    """Every operation of the billing service, by both of its ports, with both kinds of token."""
    seen = {}
    for port in ["BillingSoap", "BillingSoap12"]:
        for digest in [True, False]:
            client = client_for(task["wsdl"], task["user"], task["password"], digest)
            service = client.bind("BillingService", port)
            seen[f"{port} {digest}"] = operations = {}
            operations["GetServerTime"] = service.GetServerTime()
            for put in task["puts"]:
                name, plural, element, key = put["name"], put["plural"], put["element"], put["key"]
                register = {"register": "zeep"} if name == "Entry" else {}
                written = service[f"Put{name}"](**register, **{element: put["record"]}, request_id=f"{port} {digest}")
                got = service[f"Get{name}"](**register, **{key: put["record"][key]})
                listed = service[f"List{plural}"](**register, page_size=1)
                first = serialize_object(listed)[put["elements"]][element]
                operations[name] = {"version": written["version"], "got": serialize_object(got, dict), "listed": len(first)}
                operations[f"{name} gone"] = fault_of(lambda: service[f"Get{name}"](**register, **{key: 0}))
    wrong = client_for(task["wsdl"], task["user"], "wrong").bind("BillingService", "BillingSoap")
    seen["wrong"] = fault_of(wrong.GetServerTime)
    wrong12 = client_for(task["wsdl"], task["user"], "wrong").bind("BillingService", "BillingSoap12")
    seen["wrong12"] = fault_of(wrong12.GetServerTime)
    seen["operations"] = sorted(wrong._operations)
    return seen


def push(task):
    """Changes pushed by the WSDL of the hub, by both of its ports."""
    seen = {}
    now = datetime.datetime.now(datetime.timezone.utc)
    for port in ["ChangesSoap", "ChangesSoap12"]:
        for digest in [True, False]:
            client = client_for(task["wsdl"], task["user"], task["password"], digest)
            service = client.bind("OmnihubChanges", port)
            change = {
                "entity": "Account",
                "key": f"{port} {digest}",
                "kind": "upsert",
                "sequence": 9007199254740993,
                "time": now,
                "fields": {
                    "field": [
                        {"name": "name", "value": "Zoë <&> 😀"},
                        {"name": "empty", "value": ""},
                        {"name": "none", "value": zeep.xsd.Nil},
                        {"name": "balance", "type": "decimal", "value": "12345678901234567890.10"},
                    ]
                },
            }
            gone = {"entity": "Account", "key": "gone", "kind": "delete", "time": now}
            seen[f"{port} {digest}"] = service.PushChanges(change=[change, gone])
            bad = {**change, "entity": "Nothing"}
            seen[f"{port} {digest} bad"] = fault_of(lambda: service.PushChanges(change=[bad]))
            later = {**change, "key": "later"}
            seen[f"{port} {digest} later"] = fault_of(lambda: service.PushChanges(change=[later]))
        wrong = client_for(task["wsdl"], task["user"], "wrong").bind("OmnihubChanges", port)
        seen[f"{port} wrong"] = fault_of(lambda: wrong.PushChanges(change=[gone]))
    return seen


task = json.load(sys.stdin)
json.dump({"billing": billing, "push": push}[task["what"]](task), sys.stdout, cls=Encoder)
