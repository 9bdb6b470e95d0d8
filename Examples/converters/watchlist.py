#!/usr/bin/env python3
"""A converter: a partner's list of addresses to watch, in STIX 2.1 and back.

The hub writes one question on a line, and waits for one answer on a line. The text of a question looks so:

    WATCHLIST 2026-11-24 TLP:AMBER
    198.51.100.7    a command server
    203.0.113.9     scans
"""

import json
import sys
import uuid

SPACE = uuid.UUID("5b6d2f0c-2a57-4d0e-9f3e-6c1f5f0b7a11")
LABELS = {
    "TLP:CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "TLP:GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "TLP:AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
}


class Refused(Exception):
    """The text is no list, or the bundle cannot be said as one."""


def identifier(kind, *parts):
    """The same parts give the same id: equal texts have to give equal bundles."""
    return kind + "--" + str(uuid.uuid5(SPACE, " ".join(parts)))


def read(question):
    lines = [line for line in question["text"].splitlines() if line.strip()]
    head = lines[0].split() if lines else []
    if len(head) != 3 or head[0] != "WATCHLIST" or head[2] not in LABELS:
        raise Refused("line 1 is not WATCHLIST, a day and a label")
    day = head[1] + "T00:00:00.000Z"
    objects = []
    for number, line in enumerate(lines[1:], start=2):
        address, _, why = line.partition(" ")
        if address.count(".") != 3:
            raise Refused(f"line {number} does not begin with an address")
        objects.append({
            "type": "indicator",
            "spec_version": "2.1",
            "id": identifier("indicator", question["sender"], head[1], address),
            "created": day,
            "modified": day,
            "name": f"{address}: {why.strip()}",
            "pattern": f"[ipv4-addr:value = '{address}']",
            "pattern_type": "stix",
            "valid_from": day,
            "object_marking_refs": [LABELS[head[2]]],
        })
    if not objects:
        raise Refused("the list is empty")
    return {"bundle": {"type": "bundle", "id": identifier("bundle", question["text"]), "objects": objects}}


def write(question):
    lines, lost, day = [], [], question["accepted_at"][:10]
    for thing in question["bundle"]["objects"]:
        pattern = thing.get("pattern", "")
        if thing["type"] == "indicator" and pattern.startswith("[ipv4-addr:value = '") and pattern.count("'") == 2:
            address = pattern.split("'")[1]
            lines.append(f"{address}    {thing.get('name', '').removeprefix(address + ': ')}")
        elif thing["type"] != "marking-definition":
            lost.append({"what": thing["id"], "why": "a list has addresses only"})
    if not lines or question["tlp"] not in LABELS:
        raise Refused("nothing of it can stand in a list")
    return {"text": "\n".join([f"WATCHLIST {day} {question['tlp']}", *lines]) + "\n", "lost": lost}


for asked in sys.stdin:
    question = json.loads(asked)
    try:
        answer = read(question) if question["ask"] == "read" else write(question)
    except Refused as reason:
        answer = {"refused": str(reason)}
    print(json.dumps({"id": question["id"], **answer}), flush=True)
