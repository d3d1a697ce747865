"""python3 client.py SERVER PORT PROTOCOL [MESSAGE…]: brings messages to the echo server and their echoes back.

PROTOCOL is tcp, udp or http. For each message whose echo is right, print: received: MESSAGE
"""
import hashlib
import sys


def checksum(text):
    """What follows the bar: Hey|e4599fa9."""
    return hashlib.sha1(text.encode()).hexdigest()[:8]


def main():
    server, port, protocol, *messages = sys.argv[1:]
    for message in messages:
        print(f"not sent yet: {message}|{checksum(message)} to {server}:{port} over {protocol}")
    # Your work begins here: send each message, wait for its echo, and survive what goes wrong.
    sys.exit(1)


main()
