/* What librabbitmq can do at its best, on one thread: the measure for our client.
   Arguments: port user password publish|consume|relay queue count size [CA file].
   Prints: messages, seconds, CPU seconds of this process. Connecting is not counted. */
#define _GNU_SOURCE
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { WINDOW = 1024, PREFETCH = 512, ACK_EVERY = 64, FILL = 120 };

static void fail(const char *what) {
  fprintf(stderr, "peer: %s\n", what);
  exit(1);
}

static double wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static amqp_connection_state_t log_in(int port, const char *user, const char *password, const char *authority) {
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t *socket;
  if (authority) {
    socket = amqp_ssl_socket_new(connection);
    amqp_ssl_socket_set_cacert(socket, authority);
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
  } else {
    socket = amqp_tcp_socket_new(connection);
  }
  if (!socket || amqp_socket_open(socket, "localhost", port)) fail("no connection");
  amqp_rpc_reply_t reply = amqp_login(connection, "/", 0, 131072, 60, AMQP_SASL_METHOD_PLAIN, user, password);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) fail("login refused");
  return connection;
}

static void open_channel(amqp_connection_state_t connection, amqp_channel_t channel) {
  amqp_channel_open(connection, channel);
  if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) fail("no channel");
}

/* Publishes that are not confirmed; acks come in any order, so single ones are counted, multiple ones sweep. */
static unsigned char *done;
static uint64_t lowest = 1;
static long confirmed;

static void take_ack(const amqp_basic_ack_t *ack) {
  if (ack->multiple) {
    for (; lowest <= ack->delivery_tag; lowest++) confirmed += !done[lowest];
  } else if (!done[ack->delivery_tag]) {
    done[ack->delivery_tag] = 1;
    confirmed++;
  }
}

static int readable(amqp_connection_state_t connection) {
  if (amqp_frames_enqueued(connection) || amqp_data_in_buffer(connection)) return 1;
  struct pollfd entry = {.fd = amqp_get_sockfd(connection), .events = POLLIN};
  return poll(&entry, 1, 0) == 1;
}

static void publish_one(amqp_connection_state_t connection, amqp_channel_t channel, const char *queue,
                        amqp_bytes_t body, long number) {
  char id[32];
  amqp_basic_properties_t properties;
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG;
  properties.delivery_mode = 2;
  properties.message_id.len = (size_t)snprintf(id, sizeof id, "%ld", number);
  properties.message_id.bytes = id;
  if (amqp_basic_publish(connection, channel, amqp_empty_bytes, amqp_cstring_bytes(queue), 1, 0, &properties, body))
    fail("publish failed");
}

static void publish(amqp_connection_state_t connection, const char *queue, long count, size_t size) {
  amqp_confirm_select(connection, 1);
  amqp_bytes_t body = {.len = size, .bytes = memset(malloc(size), FILL, size)};
  for (long sent = 0; confirmed < count;) {
    while (sent < count && sent - confirmed < WINDOW) {
      publish_one(connection, 1, queue, body, sent++);
      if (sent % ACK_EVERY == 0 && readable(connection)) break;
    }
    do {
      amqp_frame_t frame;
      if (amqp_simple_wait_frame(connection, &frame)) fail("no frame");
      if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD)
        take_ack(frame.payload.method.decoded);
    } while (confirmed < sent && readable(connection));
    amqp_maybe_release_buffers(connection);
  }
}

static void begin_consuming(amqp_connection_state_t connection, const char *queue) {
  amqp_basic_qos(connection, 1, 0, PREFETCH, 0);
  amqp_basic_consume(connection, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) fail("no consumer");
}

static void check(amqp_bytes_t body, size_t size) {
  const unsigned char *bytes = body.bytes;
  if (body.len != size || bytes[0] != FILL || bytes[size - 1] != FILL) fail("a wrong body");
}

static void consume(amqp_connection_state_t connection, const char *queue, long count, size_t size) {
  begin_consuming(connection, queue);
  for (long taken = 1; taken <= count; taken++) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(connection);
    if (amqp_consume_message(connection, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL) fail("no message");
    check(envelope.message.body, size);
    if (taken % ACK_EVERY == 0 || taken == count) amqp_basic_ack(connection, 1, envelope.delivery_tag, 1);
    amqp_destroy_envelope(&envelope);
  }
}

static int is_buffered(amqp_connection_state_t connection) {
  return amqp_frames_enqueued(connection) || amqp_data_in_buffer(connection);
}

/* Consumes on one connection and publishes on another, as our client does: during an alarm a broker reads nothing of
   whoever publishes. Polls only when nothing is buffered of what is consumed. */
static void relay(amqp_connection_state_t in, amqp_connection_state_t out, const char *queue, long count, size_t size) {
  char target[256];
  snprintf(target, sizeof target, "%s.out", queue);
  amqp_confirm_select(out, 1);
  begin_consuming(in, queue);
  uint64_t acked = 0;
  for (long taken = 0; confirmed < count;) {
    int has_message = is_buffered(in), has_confirm = is_buffered(out);
    if (!has_message) {
      struct pollfd both[] = {{.fd = amqp_get_sockfd(in), .events = POLLIN}, {.fd = amqp_get_sockfd(out), .events = POLLIN}};
      if (poll(both, 2, has_confirm ? 0 : -1) < 0) fail("no poll");
      has_message = both[0].revents != 0;
      has_confirm = has_confirm || both[1].revents;
    }
    while (has_confirm) {
      amqp_frame_t frame;
      if (amqp_simple_wait_frame(out, &frame)) fail("no frame");
      if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_ACK_METHOD)
        take_ack(frame.payload.method.decoded);
      amqp_maybe_release_buffers(out);
      has_confirm = is_buffered(out);
    }
    while (lowest <= (uint64_t)count && done[lowest]) lowest++;
    if (lowest - 1 - acked >= ACK_EVERY || (confirmed == taken && lowest - 1 > acked))
      amqp_basic_ack(in, 1, acked = lowest - 1, 1);
    if (!has_message) continue;
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(in);
    if (amqp_consume_message(in, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL) fail("no message");
    check(envelope.message.body, size);
    publish_one(out, 1, target, envelope.message.body, taken++);
    amqp_destroy_envelope(&envelope);
  }
}

int main(int argc, char **argv) {
  if (argc < 8) fail("too few arguments");
  long count = atol(argv[6]);
  done = calloc((size_t)count + 2, 1);
  amqp_connection_state_t connection = log_in(atoi(argv[1]), argv[2], argv[3], argc > 8 ? argv[8] : NULL);
  open_channel(connection, 1);
  size_t size = (size_t)atol(argv[7]);
  amqp_connection_state_t second = NULL;
  if (!strcmp(argv[4], "relay")) {
    second = log_in(atoi(argv[1]), argv[2], argv[3], argc > 8 ? argv[8] : NULL);
    open_channel(second, 1);
  }
  double begin = wall(), used = cpu();
  if (!strcmp(argv[4], "publish")) publish(connection, argv[5], count, size);
  else if (!strcmp(argv[4], "consume")) consume(connection, argv[5], count, size);
  else relay(connection, second, argv[5], count, size);
  printf("%ld %f %f\n", count, wall() - begin, cpu() - used);
  fflush(stdout);
  if (second) amqp_connection_close(second, AMQP_REPLY_SUCCESS);
  amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(connection);
  return 0;
}
