"""simple-salesforce on the fake organization: prints what it saw as JSON. Arguments: address, client id, client secret."""

import json
import sys

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError, SalesforceResourceNotFound


class PlainAdapter(HTTPAdapter):
    """The client asks by https only; the fake on loopback has no certificate."""

    def send(self, request, **options):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, **options)


address, client_id, client_secret = sys.argv[1:4]
session = requests.Session()
session.mount("https://", PlainAdapter())

token = requests.post(
    f"{address}/services/oauth2/token",
    data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
    timeout=10,
).json()
client = Salesforce(
    instance_url=token["instance_url"], session_id=token["access_token"], version="62.0", session=session
)
seen = {"objects": [each["name"] for each in client.describe()["sobjects"]]}
seen["fields"] = [field["name"] for field in client.Contact.describe()["fields"]]

made = client.Contact.create({"LastName": "Ünal", "Score__c": 1.25})
seen["made"] = made["success"]
seen["update"] = client.Contact.update(made["id"], {"Email": "a@b.example"})
seen["upserts"] = [client.Contact.upsert("Key__c/k%2F1", {"LastName": name}) for name in ("One", "Two")]
record = client.Contact.get_by_custom_id("Key__c", "k/1")
seen["upserted"] = [record["LastName"], record["Key__c"], record["SystemModstamp"][-5:]]

seen["bulk"] = "".join(client.bulk2.Contact.query("SELECT LastName, Score__c FROM Contact ORDER BY Id", max_records=1))

rows = client.query_all("SELECT Id, LastName FROM Contact WHERE LastName LIKE 'N%' ORDER BY Id")
seen["paged"] = [rows["totalSize"], len(rows["records"]), rows["records"][-1]["LastName"]]
seen["deleted"] = client.Contact.delete(made["id"])
seen["all"] = len(client.query("SELECT Id FROM Contact WHERE IsDeleted = true", include_deleted=True)["records"])
seen["limit"] = client.api_usage["api-usage"].total
seen["limits"] = client.limits()["DailyApiRequests"]["Max"]

errors = []
for attempt in (
    lambda: client.Contact.get("003000000000000"),
    lambda: client.Contact.create({"Email": "x@y.example"}),
    lambda: client.query("SELECT Nothing__c FROM Contact"),
    lambda: client.query("SELECT Id FROM"),
):
    try:
        attempt()
        errors.append("none")
    except SalesforceResourceNotFound as error:
        errors.append(f"not found {error.content[0]['errorCode']}")
    except SalesforceError as error:
        errors.append(f"{error.status} {error.content[0]['errorCode']}")
seen["errors"] = errors
print(json.dumps(seen))
