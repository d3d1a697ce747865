"""python3 sender.py SERVER PORT MODE WINDOW SEGMENT FILE: brings a file to the lab's receiver over UDP.

MODE is stop-and-wait, go-back-n or selective-repeat. WINDOW is how many segments may be on the way at once, SEGMENT how
many bytes a DATA has.
"""
import hashlib
import sys


def tag_of(datagram):
    """The tag of a datagram: the datagram with zeros in place of its tag, hashed."""
    return hashlib.sha1(datagram[:68] + b"00000000" + datagram[76:]).hexdigest()[:8].encode()


def main():
    server, port, mode, window, segment, path = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    print(f"not sent yet: {len(data)} bytes to {server}:{port} by {mode}, {window} segments of {segment} bytes at once")
    # Your work begins here: OPEN, the DATA, CLOSE, and an ACK for each.
    sys.exit(1)


main()
