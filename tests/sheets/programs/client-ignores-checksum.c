/* A client that takes every answer with a bar in it for the echo. */
#include <arpa/inet.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char **words) {
    if (count < 5) return 2;
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[2]))};
    char whole[200], data[200];
    unsigned char digest[SHA_DIGEST_LENGTH];
    inet_pton(AF_INET, words[1], &place.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&place, sizeof place) != 0) return 1;
    SHA1((unsigned char *)words[4], strlen(words[4]), digest);
    int length = snprintf(whole, sizeof whole, "%s|%02x%02x%02x%02x", words[4], digest[0], digest[1], digest[2], digest[3]);
    for (int made = 0; made < 3; made++) {
        send(fd, whole, (size_t)length, 0);
        ssize_t got = recv(fd, data, sizeof data - 1, 0);
        if (got <= 0) return 1;
        data[got] = '\0';
        char *bar = strrchr(data, '|');
        if (!bar) continue;
        *bar = '\0';
        printf("received: %s\n", data);
        return 0;
    }
    return 1;
}
