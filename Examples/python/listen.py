"""Keeps what comes to an inbox in a folder, until it is interrupted.

ENTENTE_URL=amqp://USER:PASSWORD@HOST:5672/VHOST python3 listen.py incident|threat FOLDER
"""
import os, sys
import pika

lane, folder = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(os.environ["ENTENTE_URL"]))
channel = connection.channel()
channel.basic_qos(prefetch_count=16)
for method, properties, body in channel.consume(f"inbox.{lane}"):
    name = f"{properties.message_id}.{properties.headers['entente-revision']}.json"
    path = os.path.join(folder, name)  # a repeat has the same id and revision, so the same name
    with open(path + ".new", "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    channel.basic_ack(method.delivery_tag)  # only now: what is not acknowledged comes again
    print(properties.type, properties.headers["entente-tlp"], name, flush=True)
