"""Calls services of the hub by their WSDL with zeep: python3 calls.py, a JSON document on standard input.

Input: {wsdls: {service: address}, username, password, calls: [{service, port, operation, arguments}]}. Prints a JSON list: for
each call {answer} or {fault}, and the messages as they went (sent, received). Written for Debian's python3-zeep.
"""
import json
import sys

import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.plugins import HistoryPlugin
from zeep.wsse.username import UsernameToken

from plain import Encoder, decoded, encoded, fault_detail

task = json.load(sys.stdin)
history = HistoryPlugin(maxlen=1)
token = UsernameToken(task["username"], task["password"], use_digest=task.get("digest", False))
clients = {
    name: zeep.Client(wsdl, wsse=token, plugins=[history], settings=zeep.Settings(strict=True))
    for name, wsdl in task["wsdls"].items()
}


def text_of(message):
    return etree.tostring(message["envelope"], encoding="unicode")


def filled(given):
    """Arguments with what earlier calls answered: {"$from": [number of the call, name, ...]}."""
    if isinstance(given, list):
        return [filled(item) for item in given]
    if not isinstance(given, dict):
        return given
    if "$from" in given:
        number, *names = given["$from"]
        value = outcomes[number].get("answer")
        for name in names:
            value = None if value is None else value[name]
        return value
    return {name: filled(item) for name, item in given.items()}


def called(call):
    title = call["service"].capitalize()
    service = clients[call["service"]].bind(f"Omnihub{title}", f"{title}{call.get('port', 'Soap')}")
    try:
        outcome = {"answer": decoded(service[call["operation"]](**encoded(filled(call["arguments"]))))}
    except Fault as fault:
        outcome = {"fault": {"code": fault.code, "message": fault.message, "detail": fault_detail(fault)}}
    return {**outcome, "sent": text_of(history.last_sent), "received": text_of(history.last_received)}


outcomes = []
for call in task["calls"]:
    outcomes.append(called(call))
json.dump(outcomes, sys.stdout, cls=Encoder)
