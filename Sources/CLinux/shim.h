// What Swift's module of the C library leaves out: epoll, eventfd and the settings of malloc.
#ifndef FIXACL_CLINUX_SHIM_H
#define FIXACL_CLINUX_SHIM_H

#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#endif
