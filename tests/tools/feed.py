"""A feed in, what Python's feedparser finds in it as JSON out.

python3 -I feed.py FILE
"""

import json
import sys

import feedparser

# As it is, and not as a browser should have it.
feedparser.SANITIZE_HTML = 0
feedparser.RESOLVE_RELATIVE_URIS = 0
with open(sys.argv[1], "rb") as file:
    read = feedparser.parse(file.read(), response_headers={"content-type": "application/atom+xml"})


def entry(found):
    content = found.content[0]
    return {
        "id": found.id,
        "link": found.link,
        "title": found.title,
        "author": found.author,
        "updated": list(found.updated_parsed[:6]),
        "published": list(found.published_parsed[:6]),
        "content": content.value,
        "kind": content.type,
        "language": content.language,
    }


answer = {
    "bozo": str(read.bozo_exception) if read.bozo else "",
    "version": read.version,
    "title": read.feed.title,
    "entries": [entry(found) for found in read.entries],
}
print(json.dumps(answer))
