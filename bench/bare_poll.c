// The least that asking many SNMPv3 agents can cost with libsnmp: its asynchronous single-session API, a window of
// requests in flight, epoll. It knows nothing of PDUs, checks nothing beyond what libsnmp does and stores nothing.
//
// usage: bare_poll WINDOW ROUNDS OBJECT... <TARGETS
//
// TARGETS has an address with its port on each line. The passphrases are in the environment: FARM_AUTH and FARM_PRIVACY;
// the user is "farm". Keys are derived, and the engine behind each port is discovered, before the first round; so each
// agent costs one round trip. The first round opens a session for each agent, the others find them open. Prints a line
// for each round: agents that answered, repeated requests, milliseconds of wall time and of the processor.

#define _GNU_SOURCE
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { most_objects = 64, most_engines = 64, most_agents = 20000, ready = 256 };

struct agent {
    char *target;
    struct session_list *session;
    int is_waiting;
};

struct engine {
    char port[8];
    u_char id[64];
    size_t length;
};

static oid objects[most_objects][MAX_OID_LEN];
static size_t lengths[most_objects];
static int object_count;
static struct agent agents[most_agents];
static int agent_count;
static struct engine engines[most_engines];
static int engine_count;
static u_char auth_key[USM_AUTH_KU_LEN], privacy_key[USM_AUTH_KU_LEN];
static size_t auth_length = sizeof auth_key, privacy_length = sizeof privacy_key;
static int in_flight, answered, repeated, failed, epoll;

static double milliseconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void die(const char *what)
{
    fprintf(stderr, "bare_poll: %s\n", what);
    exit(1);
}

static void describe(netsnmp_session *session, char *target)
{
    snmp_sess_init(session);
    session->version = SNMP_VERSION_3;
    session->peername = target;
    session->timeout = 1000000;
    session->retries = 2;
    session->securityName = "farm";
    session->securityNameLen = 4;
    session->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
    session->securityAuthProto = usmHMACSHA1AuthProtocol;
    session->securityAuthProtoLen = USM_AUTH_PROTO_SHA_LEN;
    session->securityPrivProto = usmAESPrivProtocol;
    session->securityPrivProtoLen = USM_PRIV_PROTO_AES_LEN;
    memcpy(session->securityAuthKey, auth_key, auth_length);
    session->securityAuthKeyLen = auth_length;
    memcpy(session->securityPrivKey, privacy_key, privacy_length);
    session->securityPrivKeyLen = privacy_length;
}

static const char *port_of(const char *target)
{
    const char *colon = strchr(target, ':');
    if (colon == NULL)
        die("a target without a port");
    return colon + 1;
}

static struct engine *engine_of(const char *target)
{
    for (int index = 0; index < engine_count; index++)
        if (strcmp(engines[index].port, port_of(target)) == 0)
            return &engines[index];
    return NULL;
}

// Opens a session without an engine ID: libsnmp discovers it and keeps the engine's clock.
static void discover(char *target)
{
    netsnmp_session session;
    describe(&session, target);
    struct session_list *opened = snmp_sess_open(&session);
    if (opened == NULL || engine_count == most_engines)
        die("an engine cannot be discovered");
    netsnmp_session *found = snmp_sess_session(opened);
    struct engine *engine = &engines[engine_count++];
    snprintf(engine->port, sizeof engine->port, "%s", port_of(target));
    engine->length = found->securityEngineIDLen;
    memcpy(engine->id, found->securityEngineID, engine->length);
    // Discovery tells no time to those who do not ask: one authentic request does, and the clock is kept.
    netsnmp_pdu *answer = NULL, *request = snmp_pdu_create(SNMP_MSG_GET);
    snmp_add_null_var(request, objects[0], lengths[0]);
    if (snmp_sess_synch_response(opened, request, &answer) != STAT_SUCCESS)
        die("an engine does not answer");
    snmp_free_pdu(answer);
    snmp_sess_close(opened);
}

static int receive(int operation, netsnmp_session *session, int id, netsnmp_pdu *message, void *magic)
{
    struct agent *agent = magic;
    (void) session;
    (void) id;
    if (operation == NETSNMP_CALLBACK_OP_RESEND) {
        repeated++;
        return 1;
    }
    if (!agent->is_waiting)
        return 1;
    agent->is_waiting = 0;
    in_flight--;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && message->command == SNMP_MSG_RESPONSE
        && message->errstat == 0)
        answered++;
    else
        failed++;
    return 1;
}

static void ask(struct agent *agent)
{
    if (agent->session == NULL) {
        netsnmp_session session;
        describe(&session, agent->target);
        struct engine *engine = engine_of(agent->target);
        session.securityEngineID = engine->id;
        session.securityEngineIDLen = engine->length;
        session.contextEngineID = engine->id;
        session.contextEngineIDLen = engine->length;
        session.callback = receive;
        session.callback_magic = agent;
        if ((agent->session = snmp_sess_open(&session)) == NULL)
            die("a session cannot be opened");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = agent};
        epoll_ctl(epoll, EPOLL_CTL_ADD, snmp_sess_transport(agent->session)->sock, &event);
    }
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GET);
    for (int index = 0; index < object_count; index++)
        snmp_add_null_var(request, objects[index], lengths[index]);
    if (snmp_sess_send(agent->session, request) == 0)
        die("a request cannot be sent");
    agent->is_waiting = 1;
    in_flight++;
}

static void take_answers(netsnmp_large_fd_set *descriptors)
{
    struct epoll_event events[ready];
    int count = epoll_wait(epoll, events, ready, 50);
    for (int index = 0; index < count; index++) {
        struct agent *agent = events[index].data.ptr;
        int descriptor = snmp_sess_transport(agent->session)->sock;
        netsnmp_large_fd_setfd(descriptor, descriptors);
        snmp_sess_read2(agent->session, descriptors);
        netsnmp_large_fd_clr(descriptor, descriptors);
    }
    if (count == 0)
        for (int index = 0; index < agent_count; index++)
            if (agents[index].is_waiting)
                snmp_sess_timeout(agents[index].session);
}

static void run_round(int number, int window, netsnmp_large_fd_set *descriptors)
{
    double began = milliseconds(CLOCK_MONOTONIC), used = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    int next = 0;
    answered = repeated = failed = 0;
    while (next < agent_count || in_flight > 0) {
        while (next < agent_count && in_flight < window)
            ask(&agents[next++]);
        take_answers(descriptors);
    }
    printf(
        "%d %d %d %.3f %.3f\n", number, answered, repeated, milliseconds(CLOCK_MONOTONIC) - began,
        milliseconds(CLOCK_PROCESS_CPUTIME_ID) - used
    );
    fflush(stdout);
}

static void prepare(int count, char **words)
{
    const char *auth = getenv("FARM_AUTH"), *privacy = getenv("FARM_PRIVACY");
    if (auth == NULL || privacy == NULL)
        die("FARM_AUTH and FARM_PRIVACY are not set");
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    init_snmp("bare_poll");
    for (int index = 0; index < count && index < most_objects; index++) {
        lengths[index] = MAX_OID_LEN;
        if (!read_objid(words[index], objects[index], &lengths[index]))
            die("an object cannot be read");
        object_count++;
    }
    generate_Ku(
        usmHMACSHA1AuthProtocol, USM_AUTH_PROTO_SHA_LEN, (const u_char *) auth, strlen(auth), auth_key, &auth_length
    );
    generate_Ku(
        usmHMACSHA1AuthProtocol, USM_AUTH_PROTO_SHA_LEN, (const u_char *) privacy, strlen(privacy), privacy_key,
        &privacy_length
    );
    char line[256];
    while (agent_count < most_agents && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = 0;
        agents[agent_count].target = strdup(line);
        if (engine_of(line) == NULL)
            discover(agents[agent_count].target);
        agent_count++;
    }
}

int main(int count, char **words)
{
    if (count < 4)
        die("usage: bare_poll WINDOW ROUNDS OBJECT... <TARGETS");
    prepare(count - 3, words + 3);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    netsnmp_large_fd_set descriptors;
    netsnmp_large_fd_set_init(&descriptors, most_agents + 64);
    for (int number = 1; number <= atoi(words[2]); number++)
        run_round(number, atoi(words[1]), &descriptors);
    return failed == 0 ? 0 : 1;
}
