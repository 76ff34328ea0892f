// libsqlite3, as Swift sees it. Only the SQLite target imports this module.
#ifndef PDU_CSQLITE_SHIM_H
#define PDU_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
