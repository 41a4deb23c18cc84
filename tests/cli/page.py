"""What a browser would make of a page, as one JSON object: tags left open, ids, links, scripts, policy, text."""

import html.parser
import json
import sys

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LOADS = {"src", "href", "xlink:href", "action", "data", "poster", "srcset"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.links, self.handlers = [], [], [], [], []
        self.tags, self.text, self.policy, self.data = {}, [], None, {}
        self.json_id = None

    def handle_starttag(self, tag, attributes):
        self.start(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.start(tag, attributes)

    def start(self, tag, attributes):
        values = dict(attributes)
        kind = tag
        if tag == "script" and values.get("type") == "application/json":
            kind, self.json_id = "json", values["id"]
        self.tags[kind] = self.tags.get(kind, 0) + 1
        if "id" in values:
            self.ids.append(values["id"])
        self.links += [values[name] for name in LOADS & values.keys()]
        self.handlers += [name for name in values if name.startswith("on") or name == "style"]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_endtag(self, tag):
        if tag == "script":
            self.json_id = None
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            if self.json_id:
                self.data[self.json_id] = self.data.get(self.json_id, "") + data
        elif self.open and self.open[-1] != "style":
            self.text.append(data)


with open(sys.argv[1], encoding="utf-8", errors="strict") as file:
    page = Page()
    page.feed(file.read())
    page.close()

print(json.dumps({
    "unclosed": page.open + page.wrong,
    "ids": page.ids,
    "links": page.links,
    "handlers": page.handlers,
    "tags": page.tags,
    "policy": page.policy,
    "data": {name: json.loads(text) for name, text in page.data.items()},
    "text": "\n".join(text.strip() for text in page.text if text.strip()),
}))
