// libfcgi, as Swift sees it. Only the FastCGI target imports this module.
#ifndef PDU_CFASTCGI_SHIM_H
#define PDU_CFASTCGI_SHIM_H

#include <errno.h>
#include <fcgiapp.h>
#include <sys/epoll.h>

// Gives `request` a connection that the caller accepted: the next FCGX_Accept_r reads from it, as it does from
// a connection that the web server kept open. The library's own accept cannot be woken without ending the
// listening socket for everybody who shares it, waits two seconds for a silent client, and has no time-out.
static inline void cfastcgi_adopt(FCGX_Request *request, int connection)
{
    request->ipcFd = connection;
    request->keepConnection = 1;
}

// Ends the request and gives the connection back to the caller, who closes it; -1 when the library has closed
// it already because it broke.
static inline int cfastcgi_finish(FCGX_Request *request)
{
    int connection;

    request->keepConnection = 1;
    FCGX_Finish_r(request);
    connection = request->ipcFd;
    request->ipcFd = -1;
    return connection;
}

// Watches a listening socket and a pipe for many threads at once: a connection wakes one of them, and the end of
// the pipe all. Swift's Glibc has no epoll. Gives the watch's descriptor, or -1 with errno.
static inline int cfastcgi_watch(int listener, int stop)
{
    struct epoll_event connections = {.events = EPOLLIN, .data = {.fd = listener}};
    struct epoll_event end = {.events = EPOLLIN, .data = {.fd = stop}};
    int watch = epoll_create1(EPOLL_CLOEXEC);

    if (watch < 0 || epoll_ctl(watch, EPOLL_CTL_ADD, listener, &connections) < 0)
        return -1;
    return epoll_ctl(watch, EPOLL_CTL_ADD, stop, &end) < 0 ? -1 : watch;
}

// Waits until there is a connection to accept (1), or the end has come (0).
static inline int cfastcgi_wait(int watch, int stop)
{
    struct epoll_event events[2];
    int count, i;

    do
        count = epoll_wait(watch, events, 2, -1);
    while (count < 0 && errno == EINTR);
    for (i = 0; i < count; i++)
        if (events[i].data.fd == stop)
            return 0;
    return count > 0;
}

#endif
