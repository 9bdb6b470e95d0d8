"""One round of the peers: seconds of CPU for all objects of a bundle.

Prints five numbers: jsonschema-rs with our schemas, validate only, then orjson and jsonschema-rs; the same with the
schemas of OASIS that stix2-validator brings; and objects per second of stix2-validator by its MUST rules, over a part
of the objects.
"""

import glob
import os
import sys
import time

import jsonschema_rs
import orjson
import stix2validator
import stix2validator.output

DRAFT = "https://json-schema.org/draft/2020-12/schema"
OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Schemas/stix/2.1")
OASIS = os.path.join(os.path.dirname(stix2validator.__file__), "schemas-2.1/schemas")


def load(folder):
    schemas = {}
    for path in glob.glob(folder + "/**/*.json", recursive=True):
        with open(path, "rb") as file:
            schemas[os.path.relpath(path, folder)] = orjson.loads(file.read())
    return schemas


def validators(schemas, types, fallback):
    """A validator for each type; files refer to one another by relative paths."""
    base = "http://peer.example/"
    resources = []
    for path, schema in schemas.items():
        schema = dict(schema)
        schema["$id"] = base + path
        schema["$schema"] = DRAFT
        resources.append((base + path, schema))
    registry = jsonschema_rs.Registry(resources)
    by_type = {}
    for path in schemas:
        by_type[os.path.basename(path)[: -len(".json")]] = path
    made = {}
    for kind in types:
        path = by_type.get(kind, by_type[fallback])
        schema = {"$schema": DRAFT, "$ref": base + path}
        made[kind] = jsonschema_rs.validator_for(schema, registry=registry).is_valid
    return made


def seconds(body):
    best = None
    for _ in range(5):
        start = time.process_time()
        body()
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    return best


def main():
    with open(sys.argv[1], "rb") as file:
        objects = orjson.loads(file.read())["objects"]
    texts = [orjson.dumps(each) for each in objects]
    types = {each["type"] for each in objects}
    results = []
    for folder, fallback in ((OURS, "custom-object"), (OASIS, "core")):
        made = validators(load(folder), types, fallback)
        pairs = [(made[each["type"]], each) for each in objects]
        if not all(valid(each) for valid, each in pairs):
            sys.exit("an object is judged invalid by jsonschema-rs")

        def validate():
            for valid, each in pairs:
                valid(each)

        def both():
            loads = orjson.loads
            for text in texts:
                each = loads(text)
                made[each["type"]](each)

        results += [seconds(validate), seconds(both)]

    stix2validator.output.set_silent(True)
    options = stix2validator.ValidationOptions(version="2.1", disabled="all")
    part = objects[:: max(1, len(objects) // 150)]
    start = time.process_time()
    for each in part:
        stix2validator.validate_instance(each, options)
    results.append(len(part) / (time.process_time() - start))
    print(*results)


if __name__ == "__main__":
    main()
