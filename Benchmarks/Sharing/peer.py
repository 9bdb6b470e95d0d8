"""One round of jsonschema-rs: objects of a bundle that it validates in a CPU-second, with our schemas.

Argument: the bundle. Objects are parsed outside of what is measured.
"""

import glob
import json
import os
import sys
import time

import jsonschema_rs

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Schemas/stix/2.1")
BASE = "http://peer.example/"


def main():
    resources = []
    by_type = {}
    for path in glob.glob(FOLDER + "/**/*.json", recursive=True):
        with open(path, "rb") as file:
            schema = json.load(file)
        name = os.path.relpath(path, FOLDER)
        schema["$id"] = BASE + name
        schema["$schema"] = DRAFT
        resources.append((BASE + name, schema))
        by_type[os.path.basename(path)[: -len(".json")]] = name
    registry = jsonschema_rs.Registry(resources)
    with open(sys.argv[1], "rb") as file:
        objects = json.load(file)["objects"]
    made = {}
    for kind in {each["type"] for each in objects}:
        schema = {"$schema": DRAFT, "$ref": BASE + by_type[kind]}
        made[kind] = jsonschema_rs.validator_for(schema, registry=registry).is_valid
    pairs = [(made[each["type"]], each) for each in objects]
    for valid, each in pairs:
        if not valid(each):
            sys.exit("jsonschema-rs judges an object invalid: " + json.dumps(each))
    best = None
    for _ in range(5):
        start = time.process_time()
        for valid, each in pairs:
            valid(each)
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    print(len(objects) / best)


if __name__ == "__main__":
    main()
