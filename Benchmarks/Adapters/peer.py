"""One round of misp-stix: seconds of CPU for an event to STIX 2.1, and for its own STIX back to MISP.

Arguments: the event, and where its STIX goes. Prints the two numbers. Texts are parsed and written outside of what is
measured, which favours it.
"""

import json
import logging
import sys
import time

from misp_stix_converter import InternalSTIX2toMISPParser, MISPtoSTIX21Parser
from pymisp import MISPEvent
from stix2.v21 import Bundle
from stix2 import parse

logging.disable(logging.CRITICAL)


def main(event_path, stix_path):
    with open(event_path) as file:
        text = json.load(file)
    event = MISPEvent()
    event.load(text)
    start = time.process_time()
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(event)
    bundle = parser.bundle
    there = time.process_time() - start
    with open(stix_path, "w") as file:
        file.write(bundle.serialize())
    with open(stix_path) as file:
        objects = parse(file.read(), allow_custom=True, interoperability=True)
    start = time.process_time()
    back = InternalSTIX2toMISPParser()
    back.load_stix_bundle(objects)
    back.parse_stix_bundle()
    print(there, time.process_time() - start)


main(*sys.argv[1:])
