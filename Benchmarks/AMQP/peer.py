"""Publishing with pika and aio-pika, confirms pipelined under a window.

Arguments: pika|aio-pika port user password queue count size. Prints messages, seconds and CPU seconds.
"""

import asyncio
import resource
import sys
import time

WINDOW = 1024


def cpu():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def with_pika(port, user, password, queue, count, size):
    import pika

    body = bytes(size)
    state = {"sent": 0, "confirmed": 0, "begin": 0.0, "used": 0.0}
    parameters = pika.ConnectionParameters(
        "127.0.0.1", port, "/", pika.PlainCredentials(user, password), heartbeat=60
    )

    def publish_more(channel):
        while state["sent"] < count and state["sent"] - state["confirmed"] < WINDOW:
            properties = pika.BasicProperties(delivery_mode=2, message_id=str(state["sent"]))
            channel.basic_publish("", queue, body, properties, mandatory=True)
            state["sent"] += 1

    def begin(channel):
        lowest = [1]
        done = set()

        def answered(frame):
            tag = frame.method.delivery_tag
            if frame.method.multiple:
                for number in range(lowest[0], tag + 1):
                    if number not in done:
                        state["confirmed"] += 1
                lowest[0] = tag + 1
            elif tag >= lowest[0]:
                done.add(tag)
                state["confirmed"] += 1
            if state["confirmed"] >= count:
                print(count, time.monotonic() - state["begin"], cpu() - state["used"])
                connection.close()
            else:
                publish_more(channel)

        def ready(_):
            state["begin"], state["used"] = time.monotonic(), cpu()
            publish_more(channel)

        channel.confirm_delivery(answered, ready)

    connection = pika.SelectConnection(
        parameters,
        on_open_callback=lambda it: it.channel(on_open_callback=begin),
        on_close_callback=lambda it, _: it.ioloop.stop(),
    )
    connection.ioloop.start()


async def with_aio_pika(port, user, password, queue, count, size):
    import aio_pika

    connection = await aio_pika.connect(host="127.0.0.1", port=port, login=user, password=password)
    channel = await connection.channel(publisher_confirms=True)
    body = bytes(size)
    window = asyncio.Semaphore(WINDOW)

    async def publish(number):
        message = aio_pika.Message(
            body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT, message_id=str(number)
        )
        await channel.default_exchange.publish(message, queue)
        window.release()

    begin, used = time.monotonic(), cpu()
    tasks = []
    for number in range(count):
        await window.acquire()
        tasks.append(asyncio.create_task(publish(number)))
    await asyncio.gather(*tasks)
    print(count, time.monotonic() - begin, cpu() - used)
    await connection.close()


if __name__ == "__main__":
    kind, port, user, password, queue, count, size = sys.argv[1:8]
    arguments = (int(port), user, password, queue, int(count), int(size))
    if kind == "pika":
        with_pika(*arguments)
    else:
        asyncio.run(with_aio_pika(*arguments))
