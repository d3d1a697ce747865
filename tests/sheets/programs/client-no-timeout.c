/* A client that waits for an answer for ever, so it makes a second attempt only when a bad answer has arrived. */
#include <arpa/inet.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int count, char **words) {
    if (count < 5) return 2;
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[2]))};
    inet_pton(AF_INET, words[1], &place.sin_addr);
    int fd = socket(AF_INET, strcmp(words[3], "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (connect(fd, (struct sockaddr *)&place, sizeof place) != 0) return 1;
    for (int at = 4; at < count; at++) {
        char whole[200], data[200];
        unsigned char digest[SHA_DIGEST_LENGTH];
        SHA1((unsigned char *)words[at], strlen(words[at]), digest);
        int length = snprintf(whole, sizeof whole, "%s|%02x%02x%02x%02x", words[at], digest[0], digest[1], digest[2], digest[3]);
        for (int made = 0; made < 3; made++) {
            send(fd, whole, (size_t)length, 0);
            if (recv(fd, data, sizeof data, 0) != length || memcmp(data, whole, (size_t)length) != 0) continue;
            printf("received: %s\n", words[at]);
            break;
        }
    }
}
