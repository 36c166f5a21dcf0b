// Linux's epoll and eventfd, which Swift's module of the C library leaves out.
#ifndef FIXACL_CEPOLL_SHIM_H
#define FIXACL_CEPOLL_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>

#endif
