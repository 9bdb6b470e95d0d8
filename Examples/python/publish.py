"""Publishes a document and waits for its receipt.

ENTENTE_URL=amqp://USER:PASSWORD@HOST:5672/VHOST python3 publish.py incident|threat FILE MESSAGE-ID
"""
import json, os, sys
import pika

lane, file, message_id = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["ENTENTE_URL"]))
channel = connection.channel()
channel.confirm_delivery()  # now basic_publish raises unless the broker confirms
channel.basic_publish("outbox", lane, open(file, "rb").read(), pika.BasicProperties(message_id=message_id))
for method, _, body in channel.consume("receipts"):
    for receipt in map(json.loads, body.splitlines()):  # one line for each message
        print(json.dumps(receipt, indent=2))
        if receipt["message_id"] == message_id:
            channel.basic_ack(method.delivery_tag)
            sys.exit(receipt["receipt"] not in ("accepted", "duplicate"))
    channel.basic_ack(method.delivery_tag)
