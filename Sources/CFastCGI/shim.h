// libfcgi, as Swift sees it. Only the FastCGI target imports this module.
#ifndef PDU_CFASTCGI_SHIM_H
#define PDU_CFASTCGI_SHIM_H

#include <fcgiapp.h>

#endif
