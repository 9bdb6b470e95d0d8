/* What the AMQP target needs of C: librabbitmq as a codec (no socket, no connection of it is ever made), and the
   Linux calls that Swift's Glibc module does not show. */
#ifndef ENTENTE_CRABBITMQ_H
#define ENTENTE_CRABBITMQ_H

#include <amqp.h>
#include <amqp_framing.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* pthread_setname_np is a GNU extension, hidden from a module that is built without _GNU_SOURCE. */
void crabbitmq_name_this_thread(const char *name);

#endif
