"""One round of the peers: documents for each second of CPU.

Arguments: a folder with csaf-*.json, iodef.xml, event.json, iodef.xsd and csaf.json. Prints three numbers: jsonschema-rs
over documents of CSAF that are parsed already, lxml with an XSD over a text in XML, and IntelMQ's message class with one
bot over an event as a text.
"""

import glob
import json
import logging
import sys
import time
import warnings

import jsonschema_rs
import orjson
from lxml import etree

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from intelmq.bots.experts.taxonomy.expert import TaxonomyExpertBot
from intelmq.lib.message import MessageFactory
from intelmq.lib.utils import load_configuration
import intelmq
import os

HARMONIZATION = load_configuration(os.path.join(os.path.dirname(intelmq.__file__), "etc/harmonization.conf"))


def rate(body, count, least=0.4):
    """The best of some repeats: what else the machine does only takes away."""
    best = 0.0
    begun = time.process_time()
    while time.process_time() - begun < least:
        start = time.process_time()
        body()
        spent = time.process_time() - start
        best = max(best, count / spent) if spent > 0 else best
    return best


def csaf(folder):
    with open(folder + "/csaf.json", "rb") as file:
        schema = orjson.loads(file.read())
    validator = jsonschema_rs.validator_for(schema)
    documents = []
    for path in sorted(glob.glob(folder + "/csaf-*.json")):
        with open(path, "rb") as file:
            documents.append(orjson.loads(file.read()))
    if not documents:
        return 0.0
    assert all(validator.is_valid(document) for document in documents), "the schema refuses what is valid"

    def body():
        for document in documents:
            validator.is_valid(document)

    return rate(body, len(documents))


def iodef(folder):
    schema = etree.XMLSchema(etree.parse(folder + "/iodef.xsd"))
    with open(folder + "/iodef.xml", "rb") as file:
        text = file.read()
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    assert schema.validate(etree.fromstring(text, parser)), schema.error_log

    def body():
        for _ in range(20):
            schema.validate(etree.fromstring(text, parser))

    return rate(body, 20)


class Bot(TaxonomyExpertBot):
    """The bot as it is, between a text and a text instead of between two queues."""

    def __init__(self):  # Without the runtime's configuration, pipelines and log files.
        self.text = None
        self.out = None

    def __del__(self):
        pass

    def receive_message(self):
        return MessageFactory.unserialize(self.text, harmonization=HARMONIZATION)

    def send_message(self, *messages, **_):
        self.out = [MessageFactory.serialize(message) for message in messages]

    def acknowledge_message(self):
        pass


def intelmq_events(folder):
    with open(folder + "/event.json") as file:
        text = file.read()
    bot = Bot()
    bot.text = text
    bot.process()
    assert json.loads(bot.out[0])["source.ip"]

    def body():
        for _ in range(100):
            bot.process()

    return rate(body, 100)


print(csaf(sys.argv[1]), iodef(sys.argv[1]), intelmq_events(sys.argv[1]))
