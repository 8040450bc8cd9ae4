"""The customer service story in ten steps, by the WSDLs alone: python3 story.py, the input of test/support/story.ts on standard input.

Prints a list with what came of each step. The same story is told by the TypeScript client; a test compares both.
"""
import json
import sys
import time

import zeep
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

from plain import Encoder, decoded, fault_detail, members

story = json.load(sys.stdin)
token = UsernameToken(story["keyName"], story["key"])


def service(name):
    client = zeep.Client(f"{story['url']}/soap/{name}?wsdl", wsse=token)
    return client.service


customers, records, decisions = service("customers"), service("records"), service("decisions")


def refusal(act):
    """The code of the fault, and the reason where a rule has one."""
    try:
        act()
    except Fault as fault:
        return fault_detail(fault)["code"]
    return None


def decide(rule, given):
    return decoded(decisions.Decide(rule=rule, input=members(given), at=story["at"]))["result"]


def find():
    global customer
    found = decoded(customers.FindCustomers(phone=story["phone"]))["items"]
    customer = found[0]["id"]
    return {"found": len(found), "kind": found[0]["kind"], "initial": found[0]["name"]["family"][0]}


def read():
    global etag
    answer = decoded(customers.GetCustomer(id=customer, include=["invoices", "interactions"]))
    etag = answer["etag"]
    totals = sorted(invoice["total"]["amount"] for invoice in answer["invoices"])
    return {"totals": totals, "interactions": len(answer["interactions"])}


def channel():
    return {"result": decide("preferred-channel", {"customer": {"id": customer}, "purpose": "billing"})}


def contact():
    change = {"op": "add", "member": "emails", "item": members({"address": story["newEmail"], "purpose": "work"})}

    def changed(**more):
        return customers.ChangeContactData(id=customer, channel="phone", changes=[change], **more)

    unverified = refusal(changed)
    stale = refusal(lambda: changed(verified=True, ifMatch='"x"'))
    answer = decoded(changed(verified=True))
    purposes = sorted(email.get("purpose", "") for email in answer["customer"]["emails"])
    return {
        "unverified": unverified,
        "stale": stale,
        "decision": answer["decision"]["result"],
        "purposes": purposes,
        "hasNew": any(email["address"] == story["newEmail"] for email in answer["customer"]["emails"]),
    }


def invoices():
    global overdue
    items = sorted(decoded(records.ListInvoices(customer=customer))["items"], key=lambda item: item["dueOn"])
    overdue = items[0]
    shown = ["status", "dueOn", "total", "balance"]
    return {"invoices": [{name: item[name] for name in shown} for item in items]}


def dunning():
    return {"result": decide("dunning-stage", {"invoice": {"id": overdue["id"]}})}


def payment():
    total = overdue["total"]

    def paid(amount, key=None):
        money = {"amount": amount, "currency": total["currency"]}
        return records.PayInvoice(id=overdue["id"], amount=money, method="card", channel="phone", idempotencyKey=key, wait=20)

    too_much = refusal(lambda: paid("99999.00"))
    answer = decoded(paid(total["amount"], story["paymentKey"]))
    again = decoded(paid(total["amount"], story["paymentKey"]))
    write = answer["writes"][0]
    return {
        "tooMuch": too_much,
        "decision": answer["decision"]["result"],
        "amount": answer["payment"]["amount"],
        "write": [write["system"], write["state"]],
        "again": again["payment"]["id"] == answer["payment"]["id"],
    }


def action():
    return {"result": decide("next-best-action", {"customer": {"id": customer}})}


def order():
    def ordered(price):
        line = {"number": "1", "quantity": "1", "unitPrice": {"amount": price, "currency": "GBP"}}
        return records.CreateOrder(order={"customer": {"id": customer}, "channel": "phone", "lines": [line]}, wait=20)

    refused = refusal(lambda: ordered("900000.00"))
    answer = decoded(ordered("20.00"))
    write = answer["writes"][0]
    return {
        "refused": refused,
        "lines": len(answer["order"]["lines"]),
        "decision": answer["decision"]["result"],
        "write": [write["system"], write["state"]],
    }


def note():
    interaction = {"channel": "phone", "direction": "inbound", "customer": {"id": customer}, "summary": "All is well <again>."}
    made = decoded(records.CreateInteraction(interaction=interaction, wait=20))["interaction"]
    wanted = {"customer.updated", "payment.created", "order.created", "interaction.created"}
    until = time.monotonic() + 10
    seen = set()
    while not wanted <= seen and time.monotonic() < until:
        items = decoded(customers.GetTimeline(id=customer, limit=200))["items"]
        seen = {event["type"] for event in items}
    return {"channel": made["channel"], "summary": made["summary"], "timeline": sorted(wanted & seen)}


steps = [find, read, channel, contact, invoices, dunning, payment, action, order, note]
json.dump([{"step": step.__name__, **step()} for step in steps], sys.stdout, cls=Encoder)
