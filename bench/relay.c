// Stands between pollers and an snmpd that answers for many addresses, and makes a network of loopback: it delays,
// loses and spoils datagrams.
//
// usage: relay PORT AGENT_PORT FIRST_ADDRESS [--delay MS] [--loss PERCENT] [--dead PERCENT] [--slow PERCENT:MS]
//              [--garbage PERCENT] [--seed N]
//
// Takes datagrams at PORT of every address, passes them to AGENT_PORT of the same address, and the answers back. What
// becomes of a PDU follows from its number, which is its address less FIRST_ADDRESS: those with number % 100 below
// `dead` are never answered, the next `slow` percent late, the next `garbage` percent with noise. Losses fall on
// single datagrams, in both directions, at random. Says "ready" when it is.
//
// No table of who asked what: every datagram goes on from an address of its own in 127.128.0.0/10, to which the answer
// comes back, and which says where to pass it.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signal.h>
#include <sys/socket.h>
#include <time.h>

enum { ways = 1 << 18, largest = 65536 };

// Whom an answer goes to, and from which address it is to come.
struct way {
    struct sockaddr_in client;
    uint32_t agent;
};

// An answer that waits for its time.
struct answer {
    struct answer *next;
    int64_t due;
    struct way way;
    size_t length;
    unsigned char bytes[];
};

// Answers that are all equally late, so that the first one in is the first one out.
struct line {
    int64_t delay;
    struct answer *first, **last;
};

static struct way way_of[ways];
static uint32_t first_address, next_way;
static int dead, slow, garbage;
static double loss;
static struct line ordinary, late;
static int asked, passed;
static unsigned short agent_port;
static uint64_t state = 1;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

// 0 up to 1, by xorshift64*: the same in every run.
static double chance(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (double) ((state * 0x2545F4914F6CDD1DULL) >> 11) / (double) (1ULL << 53);
}

// A socket at `port` of every address, which says of each datagram at which one it came.
static int opened(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short) port)};
    int one = 1, room = 4 << 20, opened = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(opened, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(opened, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (opened < 0 || bind(opened, (struct sockaddr *) &address, sizeof address) != 0) {
        perror("relay");
        exit(1);
    }
    return opened;
}

// The next datagram, who sent it and to which address; -1 when there is none.
static ssize_t receive(int socket, unsigned char *bytes, struct sockaddr_in *from, uint32_t *to)
{
    char control[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct iovec part = {bytes, largest};
    struct msghdr message = {
        .msg_name = from, .msg_namelen = sizeof *from, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t length = recvmsg(socket, &message, 0);
    if (length < 0)
        return -1;
    *to = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(header), sizeof info);
            *to = ntohl(info.ipi_addr.s_addr);
        }
    }
    return length;
}

// Sends from the address `from`; what the system cannot take is lost, as datagrams are.
static void pass(int socket, const unsigned char *bytes, size_t length, uint32_t from, struct sockaddr_in *to)
{
    char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
    struct iovec part = {(void *) bytes, length};
    struct msghdr message = {
        .msg_name = to, .msg_namelen = sizeof *to, .msg_iov = &part, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(from)};
    header->cmsg_level = IPPROTO_IP;
    header->cmsg_type = IP_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(header), &info, sizeof info);
    sendmsg(socket, &message, 0);
}

static int percent(uint32_t agent)
{
    return (int) ((agent - first_address) % 100);
}

// Keeps an answer until its time, or passes it on at once when it has none.
static void keep(struct line *line, const unsigned char *bytes, size_t length, const struct way *way)
{
    struct answer *answer = malloc(sizeof *answer + length);
    if (answer == NULL)
        return;
    answer->next = NULL;
    answer->due = now() + line->delay;
    answer->way = *way;
    answer->length = length;
    memcpy(answer->bytes, bytes, length);
    *line->last = answer;
    line->last = &answer->next;
}

static void take_question(const unsigned char *bytes, size_t length, struct sockaddr_in from, uint32_t agent)
{
    int place = percent(agent);
    if (place < dead || chance() < loss)
        return;
    struct way *way = &way_of[next_way];
    *way = (struct way) {from, agent};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(agent_port), .sin_addr.s_addr = htonl(agent)
    };
    pass(passed, bytes, length, 0x7F800000 + next_way, &to);
    next_way = (next_way + 1) % ways;
}

static void take_answer(unsigned char *bytes, size_t length, uint32_t to)
{
    if (to - 0x7F800000 >= ways || chance() < loss)
        return;
    const struct way *way = &way_of[to - 0x7F800000];
    int place = percent(way->agent) - dead;
    if (place >= slow && place < slow + garbage) {
        for (size_t index = 0; index < length; index++)
            bytes[index] = (unsigned char) (chance() * 256);
    }
    keep(place < slow ? &late : &ordinary, bytes, length, way);
}

// Passes on what is due; the time of the next, or -1.
static int64_t pass_due(struct line *line, int64_t moment)
{
    while (line->first != NULL && line->first->due <= moment) {
        struct answer *answer = line->first;
        line->first = answer->next;
        if (line->first == NULL)
            line->last = &line->first;
        pass(asked, answer->bytes, answer->length, answer->way.agent, &answer->way.client);
        free(answer);
    }
    return line->first == NULL ? -1 : line->first->due;
}

static void serve(void)
{
    static unsigned char bytes[largest];
    struct pollfd sockets[] = {{asked, POLLIN, 0}, {passed, POLLIN, 0}};
    for (;;) {
        struct sockaddr_in from;
        uint32_t to;
        ssize_t length;
        // Both are emptied by turns, and what is due is not held up by many new questions.
        for (int count = 0; count < 64 && (length = receive(passed, bytes, &from, &to)) >= 0; count++)
            take_answer(bytes, (size_t) length, to);
        for (int count = 0; count < 64 && (length = receive(asked, bytes, &from, &to)) >= 0; count++)
            take_question(bytes, (size_t) length, from, to);
        int64_t moment = now(), next = pass_due(&ordinary, moment), other = pass_due(&late, moment);
        if (next < 0 || (other >= 0 && other < next))
            next = other;
        struct timespec wait = {0};
        if (next > moment) {
            wait.tv_sec = (next - moment) / 1000000000;
            wait.tv_nsec = (next - moment) % 1000000000;
        }
        ppoll(sockets, 2, next < 0 ? NULL : &wait, NULL);
    }
}

int main(int count, char **words)
{
    if (count < 4 || inet_addr(words[3]) == INADDR_NONE) {
        fprintf(stderr, "usage: relay PORT AGENT_PORT FIRST_ADDRESS [OPTION VALUE]...\n");
        return 2;
    }
    // Whoever started it may be killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    agent_port = (unsigned short) atoi(words[2]);
    first_address = ntohl(inet_addr(words[3]));
    for (int index = 4; index + 1 < count; index += 2) {
        const char *name = words[index], *value = words[index + 1], *colon = strchr(value, ':');
        if (strcmp(name, "--delay") == 0)
            ordinary.delay = atoll(value) * 1000000;
        else if (strcmp(name, "--loss") == 0)
            loss = atof(value) / 100;
        else if (strcmp(name, "--dead") == 0)
            dead = atoi(value);
        else if (strcmp(name, "--garbage") == 0)
            garbage = atoi(value);
        else if (strcmp(name, "--seed") == 0)
            state = (uint64_t) atoll(value) * 2 + 1;
        else if (strcmp(name, "--slow") == 0 && colon != NULL) {
            slow = atoi(value);
            late.delay = atoll(colon + 1) * 1000000;
        } else {
            fprintf(stderr, "relay: %s %s is no option\n", name, value);
            return 2;
        }
    }
    late.delay += ordinary.delay;
    ordinary.last = &ordinary.first;
    late.last = &late.first;
    asked = opened(atoi(words[1]));
    passed = opened(0);
    printf("ready\n");
    fflush(stdout);
    serve();
}
