// libfcgi, as Swift sees it. Only the FastCGI target imports this module.
#ifndef PDU_CFASTCGI_SHIM_H
#define PDU_CFASTCGI_SHIM_H

#include <fcgiapp.h>

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

#endif
