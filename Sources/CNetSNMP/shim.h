// libsnmp (net-snmp), as Swift sees it. Only the SNMP target imports this module.
#ifndef PDU_CNETSNMP_SHIM_H
#define PDU_CNETSNMP_SHIM_H

// First, because net-snmp-config.h defines _GNU_SOURCE, after which Glibc's fd_set would differ.
#include <sys/types.h>
#include <sys/select.h>
// Not libsnmp's, but missing from Swift's Glibc, and what waits for its answers.
#include <sys/epoll.h>

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

// Macros with casts, which Swift does not import.
static const int csnmp_get = SNMP_MSG_GET;
static const int csnmp_get_next = SNMP_MSG_GETNEXT;
static const int csnmp_get_bulk = SNMP_MSG_GETBULK;
static const int csnmp_response = SNMP_MSG_RESPONSE;
static const int csnmp_report = SNMP_MSG_REPORT;

static const int csnmp_integer = ASN_INTEGER;
static const int csnmp_octets = ASN_OCTET_STR;
static const int csnmp_bits = ASN_BIT_STR;
static const int csnmp_null = ASN_NULL;
static const int csnmp_object_id = ASN_OBJECT_ID;
static const int csnmp_ip_address = ASN_IPADDRESS;
static const int csnmp_counter = ASN_COUNTER;
static const int csnmp_unsigned = ASN_UNSIGNED;
static const int csnmp_uinteger = ASN_UINTEGER;
static const int csnmp_time_ticks = ASN_TIMETICKS;
static const int csnmp_opaque = ASN_OPAQUE;
static const int csnmp_counter64 = ASN_COUNTER64;
static const int csnmp_float = ASN_OPAQUE_FLOAT;
static const int csnmp_double = ASN_OPAQUE_DOUBLE;
static const int csnmp_int64 = ASN_OPAQUE_I64;
static const int csnmp_uint64 = ASN_OPAQUE_U64;
static const int csnmp_opaque_counter64 = ASN_OPAQUE_COUNTER64;
static const int csnmp_no_such_object = SNMP_NOSUCHOBJECT;
static const int csnmp_no_such_instance = SNMP_NOSUCHINSTANCE;
static const int csnmp_end_of_view = SNMP_ENDOFMIBVIEW;

static const int csnmp_aes192 = USM_CREATE_USER_PRIV_AES192;
static const int csnmp_aes256 = USM_CREATE_USER_PRIV_AES256;

// usmNoPrivProtocol: a mutable global of C, which Swift does not let through.
static inline oid *csnmp_no_privacy(size_t *length)
{
    *length = OID_LENGTH(usmNoPrivProtocol);
    return usmNoPrivProtocol;
}

// Makes libsnmp ready for encoding and decoding, and nothing else: init_snmp() would read configuration files,
// load MIBs and create directories. Its salts and its user for discovery are set up by the callback that
// usually follows the reading of configuration files; without an engine ID of its own it refuses every
// authenticated message. A log handler that does nothing keeps it from writing on standard error.
static inline void csnmp_start(void)
{
    netsnmp_session session;

    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_APPTYPE, "pdu-monitor");
    snmp_sess_init(&session);
    init_usm();
    snmp_call_callbacks(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_PREMIB_READ_CONFIG, NULL);
    setup_engineID(NULL, NULL);
}

// Encodes a message into `out`. Returns its length, or 0 when it cannot be encoded or does not fit.
static inline size_t csnmp_encode(netsnmp_session *session, netsnmp_pdu *message, u_char *out, size_t capacity)
{
    // The encoder works from the end of the buffer to its beginning and may replace it by a larger one.
    size_t size = 2048, used = 0;
    u_char *buffer = (u_char *) malloc(size);

    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_REVERSE_ENCODE, 1);
    if (buffer == NULL || snmp_build(&buffer, &size, &used, session, message) < 0 || used > capacity)
        used = 0;
    else
        memcpy(out, buffer + size - used, used);
    free(buffer);
    return used;
}

// Decodes a datagram, which is modified, into `message`. Returns 0 or one of SNMPERR_*; even then `message` has
// what could be read.
static inline int csnmp_decode(netsnmp_session *session, netsnmp_pdu *message, u_char *bytes, size_t length)
{
    struct snmp_secmod_def *model;

    session->s_snmp_errno = 0;
    if (snmp_parse(NULL, session, message, bytes, length) != 0)
        return session->s_snmp_errno != 0 ? session->s_snmp_errno : SNMPERR_BAD_PARSE;
    // What USM remembers for answering; a manager does not answer.
    model = find_sec_mod(message->securityModel);
    if (model != NULL && model->pdu_free_state_ref != NULL && message->securityStateRef != NULL) {
        model->pdu_free_state_ref(message->securityStateRef);
        message->securityStateRef = NULL;
    }
    return 0;
}

#endif
