// libfcgi, as Swift sees it, and system calls that Swift's Glibc does not have. Only the FastCGI target imports this
// module.
#ifndef PDU_CFASTCGI_SHIM_H
#define PDU_CFASTCGI_SHIM_H

#include <errno.h>
#include <fcgiapp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// Gives `request` a descriptor: the next FCGX_Accept_r reads from it, as it does from a connection that the web server
// kept open, and what is written after goes there. The library's own accept cannot be woken without ending the listening
// socket for everybody who shares it, waits two seconds for a silent client, and has no time-out.
static inline void cfastcgi_adopt(FCGX_Request *request, int descriptor)
{
    request->ipcFd = descriptor;
    request->keepConnection = 1;
}

// Ends the request and gives the descriptor back to the caller; -1 when the library has closed it already because it
// broke.
static inline int cfastcgi_finish(FCGX_Request *request)
{
    int descriptor;

    request->keepConnection = 1;
    FCGX_Finish_r(request);
    descriptor = request->ipcFd;
    request->ipcFd = -1;
    return descriptor;
}

// A file in memory, empty, that child processes do not inherit; -1 with errno.
int memfd_create(const char *name, unsigned int flags);
static inline int cfastcgi_memory_file(void)
{
    return memfd_create("pdu-fcgi", 1 /* MFD_CLOEXEC */);
}

// The next connection on a listening socket, which does not block and child processes do not inherit; -1 with errno.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
static inline int cfastcgi_accept(int listener)
{
    return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// A new watch that child processes do not inherit; -1 with errno.
static inline int cfastcgi_epoll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

// Watches a descriptor for what never wears off: every waiting thread is told of it. -1 with errno.
static inline int cfastcgi_watch_always(int watch, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};

    return epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event);
}

// Tells one thread, once, when the descriptor can be read (or written, with `writing`) or has been hung up. -1 with
// errno.
static inline int cfastcgi_watch_once(int watch, int descriptor, int writing, int is_known)
{
    struct epoll_event event = {
        .events = (writing ? EPOLLOUT : EPOLLIN | EPOLLRDHUP) | EPOLLONESHOT,
        .data = {.fd = descriptor},
    };

    return epoll_ctl(watch, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
}

// Stops watching a descriptor that stays open.
static inline void cfastcgi_forget(int watch, int descriptor)
{
    epoll_ctl(watch, EPOLL_CTL_DEL, descriptor, 0);
}

// Waits up to so many milliseconds, for ever with -1, and gives the descriptor that something has happened on; -1 when
// the time is over.
static inline int cfastcgi_wait(int watch, int milliseconds)
{
    struct epoll_event event;
    int count = epoll_wait(watch, &event, 1, milliseconds);

    return count == 1 ? event.data.fd : -1;
}

#endif
