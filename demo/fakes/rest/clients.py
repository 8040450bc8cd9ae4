"""Uses the fake REST API with nothing but Python's standard library. Ends with 0 where everything is as HTTP and the API's page say."""

import base64
import json
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

BASE, NAME, SECRET = sys.argv[1], sys.argv[2], sys.argv[3]


def ask(method, path, body=None, headers=None, token=None, form=False):
    headers = dict(headers or {})
    data = None
    if body is not None:
        data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded" if form else "application/json")
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    url = path if path.startswith("http") else BASE + path
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, error.headers, json.loads(text) if text else None


def same(what, given, wanted):
    if given != wanted:
        sys.exit(f"{what}: {given!r} instead of {wanted!r}")


# An account: a token of the token server, by body and by Basic; nothing without one.
grant = {"grant_type": "client_credentials", "client_id": NAME, "client_secret": SECRET}
status, headers, body = ask("POST", "/oauth/token", grant, form=True)
same("token", (status, body["token_type"], headers["Cache-Control"]), (200, "Bearer", "no-store"))
token = body["access_token"]
account = base64.b64encode(f"{NAME}:{SECRET}".encode()).decode()
basic = {"Authorization": "Basic " + account}
same("basic", ask("POST", "/oauth/token", {"grant_type": "client_credentials"}, basic, form=True)[0], 200)
same("wrong secret", ask("POST", "/oauth/token", {**grant, "client_secret": "x"}, form=True)[2], {"error": "invalid_client"})
same("wrong grant", ask("POST", "/oauth/token", {**grant, "grant_type": "x"}, form=True)[0], 400)
status, headers, _ = ask("GET", "/api/version")
same("no account", (status, headers["WWW-Authenticate"]), (401, "Bearer"))
same("basic account", ask("GET", "/api/version", headers=basic)[0], 200)
same("key", ask("GET", "/api/version", headers={"X-API-Key": SECRET})[2], {"version": "4.2.0"})

# Records: made, read, changed under their ETag, deleted.
key = "a/'b %ü😀"
place = "/api/contacts/" + urllib.parse.quote(key, safe="")
status, headers, body = ask("POST", "/api/contacts", {"id": key, "name": "Ada", "amount": 2**53 + 1}, token=token)
same("made", (status, body["id"], body["amount"], body["note"]), (201, key, 2**53 + 1, None))
same("made twice", ask("POST", "/api/contacts", {"id": key}, token=token)[0], 409)
status, headers, _ = ask("GET", place, token=token)
etag = headers["ETag"]
same("no lock", ask("PATCH", place, {"name": "B"}, token=token)[0], 428)
status, headers, body = ask("PATCH", place, {"name": "B"}, {"If-Match": etag}, token)
same("changed", (status, body["name"], body["amount"], headers["ETag"] != etag), (200, "B", 2**53 + 1, True))
same("stale", ask("PATCH", place, {"name": "C"}, {"If-Match": etag}, token)[0], 412)
etag = headers["ETag"]
same("unknown field", ask("PATCH", place, {"shoe": 1}, {"If-Match": etag}, token)[2]["error"]["field"], "shoe")
same("wrong type", ask("PATCH", place, {"amount": "x"}, {"If-Match": etag}, token)[0], 422)
same("no JSON", ask("PATCH", place, {"a": 1}, {"If-Match": etag}, token, form=True)[0], 415)
same("deleted", ask("DELETE", place, None, {"If-Match": etag}, token)[0], 204)
same("marked", ask("GET", place, token=token)[2]["deleted"], True)
same("no record", ask("GET", "/api/contacts/none", token=token)[0], 404)
same("no list", ask("GET", "/api/none", token=token)[0], 404)
same("no method", ask("PUT", place, {}, token=token)[0], 405)


# Lists: every style of pages gives all records once.
def pages(first, follow):
    ids, address = [], first
    while address is not None:
        status, headers, body = ask("GET", address, token=token)
        same("page " + address, status, 200)
        ids += [record["id"] for record in body["data"]]
        address = follow(headers, body, len(ids))
        if len(ids) > 1000:
            sys.exit("pages without end")
    return ids


def link(headers, body, count):
    text = headers.get("Link")
    return None if text is None else text.split(">")[0][1:]


def until_empty(make):
    return lambda headers, body, count: make(count, body) if body["data"] else None


everything = [f"c{number:03}" for number in range(1, 101)]
lists = {
    "link": pages("/api/many?limit=7", link),
    "next": pages("/api/many?limit=7", lambda headers, body, count: body["meta"]["next"]),
    "page": pages("/api/many?limit=10&page=1", until_empty(lambda count, body: f"/api/many?limit=10&page={count // 10 + 1}")),
    "offset": pages("/api/many?limit=9&offset=0", until_empty(lambda count, body: f"/api/many?limit=9&offset={count}")),
    "after": pages("/api/many?limit=8", until_empty(lambda count, body: f"/api/many?limit=8&after={body['data'][-1]['id']}")),
}
for style, ids in lists.items():
    same("pages by " + style, ids, everything)
status, _, body = ask("GET", "/api/many?limit=5000", token=token)
same("capped", (len(body["data"]), body["meta"]["total"]), (40, 100))
last = max(record["updated_at"] for record in body["data"])
status, _, body = ask("GET", "/api/many?updated_since=" + last, token=token)
same("changes are exclusive", [record for record in body["data"] if record["updated_at"] <= last], [])
for wrong in ["?q=1", "?limit=0", "?limit=x", "?page=1&offset=0", "?cursor=x", "?updated_since=yesterday"]:
    same("list " + wrong, ask("GET", "/api/many" + wrong, token=token)[0], 400)

# Many at once.
results = []
threads = [threading.Thread(target=lambda: results.append(ask("GET", "/api/many", token=token)[0])) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
same("at once", results, [200] * 16)
print("as it should be")
