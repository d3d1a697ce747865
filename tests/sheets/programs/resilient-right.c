/* A client that survives: it makes three attempts and waits one second for each answer. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <openssl/sha.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 3, WAIT_MS = 1000, LONGEST = 2048, TAG = 8 };

static struct sockaddr_in place;
static bool is_tcp;
static int fd = -1;

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool connect_now(void) {
    struct timeval limit = {.tv_sec = WAIT_MS / 1000};
    fd = socket(AF_INET, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return connect(fd, (struct sockaddr *)&place, sizeof place) == 0;
}

static void close_now(void) {
    if (fd >= 0) close(fd);
    fd = -1;
}

/* Bytes that arrive before the end of the wait; 0 at the end of a connection, -1 without any. */
static ssize_t receive(char *into, size_t room, long until) {
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    long left = until - now_ms();
    if (left <= 0 || poll(&readable, 1, (int)left) != 1) return -1;
    return recv(fd, into, room, 0);
}

/* Writes TEXT|CHECKSUM, and returns its length. */
static size_t whole_of(const char *text, size_t length, char *into) {
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1((const unsigned char *)text, length, digest);
    memcpy(into, text, length);
    snprintf(into + length, TAG + 2, "|%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    return length + 1 + TAG;
}

/* Whether a datagram is a message with its right checksum: perhaps the late echo of an earlier one. */
static bool is_right(const char *data, size_t length) {
    char whole[LONGEST + TAG + 2];
    return length > TAG && whole_of(data, length - TAG - 1, whole) == length && memcmp(data, whole, length) == 0;
}

static bool attempt(const char *whole, size_t length) {
    char data[LONGEST];
    size_t arrived = 0;
    if (fd < 0 && !connect_now()) return close_now(), false;
    if (send(fd, whole, length, MSG_NOSIGNAL) < 0) return close_now(), false;
    for (long until = now_ms() + WAIT_MS;;) {
        ssize_t got = receive(data + arrived, sizeof data - arrived, until);
        if (got < 0 || (got == 0 && is_tcp)) return close_now(), false;
        arrived += (size_t)got;
        if (arrived == length && memcmp(data, whole, length) == 0) return true;
        /* An echo over UDP is one datagram; over TCP it may come in pieces. */
        if (!is_tcp && !is_right(data, arrived)) return false;
        if (!is_tcp) arrived = 0;
        else if (arrived >= length || memcmp(data, whole, arrived) != 0) return false;
    }
}

static bool echo(const char *text) {
    char whole[LONGEST + TAG + 2];
    size_t length = whole_of(text, strnlen(text, LONGEST - TAG - 2), whole);
    for (int made = 0; made < ATTEMPTS; made++)
        if (attempt(whole, length)) return printf("received: %s\n", text), true;
    return printf("given up: %s\n", text), false;
}

/* The status of a response; 0 without any. */
static int ask(void) {
    const char request[] = "GET /getbalance HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
    char data[LONGEST] = "";
    int status = 0;
    if (connect_now() && send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0 &&
        receive(data, sizeof data - 1, now_ms() + WAIT_MS) > 0)
        sscanf(data, "HTTP/1.1 %d", &status);
    close_now();
    return status;
}

static bool balance(void) {
    for (int made = 0; made < ATTEMPTS; made++) {
        int status = ask();
        if (status == 200) return puts("received: 200"), true;
        if (status >= 400 && status < 500) return printf("refused: %d\n", status), false;
    }
    return puts("given up"), false;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    bool good = true;
    place = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[2]))};
    inet_pton(AF_INET, words[1], &place.sin_addr);
    is_tcp = strcmp(words[3], "udp") != 0;
    if (strcmp(words[3], "http") == 0) return balance() ? 0 : 1;
    for (int at = 4; at < count; at++) good = echo(words[at]) && good;
    close_now();
    return good ? 0 : 1;
}
