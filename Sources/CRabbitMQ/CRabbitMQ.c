#define _GNU_SOURCE
#include "CRabbitMQ.h"

#include <pthread.h>

void crabbitmq_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
