"""Hops in Python that `make bench NAME=hub` compares the hub with.

Arguments: pika or intelmq, the broker's port, user and password, how many messages wait in the queue hop-in, and the
type of the queues. Each is looked into and passed to hop-out with a confirm of its own, as such pipelines do. The last
line is the seconds that it took.
"""

import json
import os
import sys
import time

NAME, PORT, USER, PASSWORD, COUNT, KIND = sys.argv[1], int(sys.argv[2]), *sys.argv[3:5], int(sys.argv[5]), sys.argv[6]


def with_pika():
    import jsonschema_rs
    import pika

    indicator = {
        "type": "object",
        "required": ["type", "spec_version", "id", "created", "modified", "pattern", "pattern_type", "valid_from"],
        "properties": {
            "type": {"const": "indicator"},
            "id": {"type": "string", "pattern": "^indicator--[0-9a-f-]{36}$"},
            "created": {"type": "string", "format": "date-time"},
            "modified": {"type": "string", "format": "date-time"},
            "pattern": {"type": "string", "minLength": 1},
        },
    }
    schema = {
        "type": "object",
        "required": ["type", "id", "objects"],
        "properties": {"type": {"const": "bundle"}, "objects": {"type": "array", "items": indicator}},
    }
    validator = jsonschema_rs.validator_for(schema)
    parameters = pika.ConnectionParameters("127.0.0.1", PORT, "/", pika.PlainCredentials(USER, PASSWORD))
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=256)
    begin = time.monotonic()
    done = 0
    for method, properties, body in channel.consume("hop-in"):
        validator.validate(json.loads(body))
        channel.basic_publish("", "hop-out", body, pika.BasicProperties(delivery_mode=2), mandatory=True)
        channel.basic_ack(method.delivery_tag)
        done += 1
        if done == COUNT:
            break
    print(time.monotonic() - begin)
    channel.cancel()
    connection.close()


def with_intelmq():
    import logging
    import pathlib

    import intelmq
    from intelmq.lib.message import MessageFactory
    from intelmq.lib.pipeline import PipelineFactory

    # A bot reads it once.
    fields = json.loads((pathlib.Path(intelmq.__file__).parent / "etc" / "harmonization.conf").read_text())

    def pipeline(direction, queue):
        values = {"host": "127.0.0.1", "port": PORT, "username": USER, "password": PASSWORD, "amqp_virtual_host": "/"}
        made = PipelineFactory.create(
            logging.getLogger("hop"), broker="amqp", direction=direction, queues=queue,
            pipeline_args={f"{direction}_pipeline_{key}": value for key, value in values.items()},
        )
        # As the queues were made: it declares them again.
        made.queue_args = {"x-queue-type": KIND}
        made.connect()
        return made

    source = pipeline("source", "hop-in")
    target = pipeline("destination", "hop-out")
    begin = time.monotonic()
    for _ in range(COUNT):
        event = MessageFactory.unserialize(source.receive(), harmonization=fields)
        event.add("extra.hop", "seen", overwrite=True)
        target.send(MessageFactory.serialize(event))
        source.acknowledge()
    print(time.monotonic() - begin)


try:
    {"pika": with_pika, "intelmq": with_intelmq}[NAME]()
except ImportError as problem:
    print(f"not installed here: {problem}")
    os._exit(1)
