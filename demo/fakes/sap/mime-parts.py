"""Takes a multipart body on standard input apart with Python's own MIME parser; argument: its content type. Prints the request lines."""
import email
import email.policy
import json
import sys

head = f"Content-Type: {sys.argv[1]}\r\n\r\n".encode()
message = email.message_from_bytes(head + sys.stdin.buffer.read(), policy=email.policy.HTTP)
parts = [part for part in message.walk() if not part.is_multipart()]
lines = [part.get_payload(decode=True).decode().split("\r\n")[0] for part in parts]
defects = [str(defect) for part in message.walk() for defect in part.defects]
print(json.dumps({"lines": lines, "types": [part.get_content_type() for part in parts], "defects": defects}))
