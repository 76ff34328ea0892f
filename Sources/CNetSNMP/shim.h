// libsnmp (net-snmp), as Swift sees it. Only the SNMP target imports this module.
#ifndef PDU_CNETSNMP_SHIM_H
#define PDU_CNETSNMP_SHIM_H

// First, because net-snmp-config.h defines _GNU_SOURCE, after which Glibc's fd_set would differ.
#include <sys/types.h>
#include <sys/select.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#endif
