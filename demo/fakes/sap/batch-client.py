"""Speaks to the fake SAP system with nothing but Python's standard library, and prints what it saw as JSON.

Arguments: origin, user, password. Pages through business partners by __next, reads the metadata as XML, and sends a $batch
whose answer is taken apart by Python's own MIME parser.
"""
import base64
import email
import email.policy
import http.cookiejar
import json
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

origin, user, password = sys.argv[1:4]
service = origin + "/sap/opu/odata/sap/API_BUSINESS_PARTNER"
jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
token = base64.b64encode(f"{user}:{password}".encode()).decode()
seen = {}


def ask(url, method="GET", body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, method=method, headers={"Authorization": "Basic " + token, **named})
    return opener.open(request)


edm = "{http://schemas.microsoft.com/ado/2008/09/edm}"
metadata = ElementTree.fromstring(ask(service + "/$metadata").read())
seen["sets"] = sorted(each.get("Name") for each in metadata.iter(edm + "EntitySet"))
seen["keys"] = [each.get("Name") for each in metadata.find(f".//{edm}EntityType[@Name='A_BusinessPartnerType']/{edm}Key")]

keys, url = [], service + "/A_BusinessPartner?$format=json&$inlinecount=allpages"
while url:
    page = json.load(ask(url, Accept="application/json"))["d"]
    seen["count"] = page.get("__count", seen.get("count"))
    keys += [each["BusinessPartner"] for each in page["results"]]
    url = page.get("__next")
seen["partners"] = keys

csrf = ask(service + "/", X_CSRF_Token="Fetch").headers["x-csrf-token"]
change = '{"LastName": "From Python"}'
operations = [("1001", "*"), ("1002", 'W/"stale"')]
parts = ["--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET A_BusinessPartner('1001') HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"]
for number, (key, tag) in enumerate(operations):
    parts.append(
        f"--b\r\nContent-Type: multipart/mixed; boundary=c{number}\r\n\r\n--c{number}\r\n"
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"PATCH A_BusinessPartner('{key}') HTTP/1.1\r\nContent-Type: application/json\r\nIf-Match: {tag}\r\n"
        f"Content-Length: {len(change)}\r\n\r\n{change}\r\n--c{number}--\r\n"
    )
answer = ask(
    service + "/$batch",
    "POST",
    ("".join(parts) + "--b--\r\n").encode(),
    X_CSRF_Token=csrf,
    Content_Type="multipart/mixed; boundary=b",
)
seen["batch"] = answer.status
head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
message = email.message_from_bytes(head + answer.read(), policy=email.policy.HTTP)
seen["defects"] = [str(defect) for part in message.walk() for defect in part.defects]
leaves = [part for part in message.walk() if not part.is_multipart()]
seen["parts"] = [[part.get_content_type(), part.get_payload(decode=True).split(b"\r\n")[0].split()[1].decode()] for part in leaves]

try:
    ask(service + "/A_BusinessPartner('1001')", "DELETE", X_CSRF_Token="wrong")
except urllib.error.HTTPError as error:
    seen["forbidden"] = [error.code, error.headers["x-csrf-token"]]
print(json.dumps(seen))
