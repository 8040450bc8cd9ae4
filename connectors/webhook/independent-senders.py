"""Signs and sends webhooks in the manner of each scheme, with Python's standard library, and prints the statuses as JSON."""

import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request

HUB, SECRET, STANDARD = sys.argv[1], sys.argv[2], sys.argv[3]


def send(system, headers, body):
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"{HUB}/v1/hooks/{system}", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def digest(key, message, name="sha256"):
    return hmac.new(key, message, getattr(hashlib, name))


def headers_of(scheme, key, body, now):
    at = str(int(now))
    if scheme == "github":
        return {"X-Hub-Signature-256": "sha256=" + digest(key, body).hexdigest()}
    if scheme == "shopify":
        return {"X-Shopify-Hmac-Sha256": base64.b64encode(digest(key, body).digest()).decode()}
    if scheme == "stripe":
        return {"Stripe-Signature": f"t={at},v1={digest(key, at.encode() + b'.' + body).hexdigest()}"}
    if scheme == "slack":
        signature = digest(key, f"v0:{at}:".encode() + body).hexdigest()
        return {"X-Slack-Signature": "v0=" + signature, "X-Slack-Request-Timestamp": at}
    if scheme == "standard":
        signed = f"msg_1.{at}.".encode() + body
        signature = base64.b64encode(digest(key, signed).digest()).decode()
        return {"Webhook-Id": "msg_1", "Webhook-Timestamp": at, "Webhook-Signature": "v1," + signature}
    signature = base64.b64encode(digest(key, at.encode() + b"\n" + body, "sha512").digest()).decode()
    return {"X-Sign": "key=" + signature, "X-Time": at}


results = {}
for scheme in ["github", "shopify", "stripe", "slack", "standard", "own"]:
    key = base64.b64decode(STANDARD.removeprefix("whsec_")) if scheme == "standard" else SECRET.encode()
    body = json.dumps({"id": f"{scheme}/1", "name": "Zoë Ω 😀", "email": f"{scheme}@example.com"}).encode()
    good = headers_of(scheme, key, body, time.time())
    results[scheme] = [
        send(scheme, good, body),
        send(scheme, good, body),
        send(scheme, good, body + b"\n"),
        send(scheme, headers_of(scheme, key + b"x", body, time.time()), body),
        send(scheme, headers_of(scheme, key, body, time.time() - 3600), body),
        send(scheme, {}, body),
    ]
print(json.dumps(results))
