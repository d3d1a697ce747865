"""A reliable sender by stop-and-wait, go-back-N and selective repeat."""
import hashlib
import os
import socket
import sys
import time

SECONDS = 0.3  # until a segment is sent again
TRIES = 10
CODES = {"stop-and-wait": "SW ", "go-back-n": "GBN", "selective-repeat": "SR "}


def tag_of(data):
    return hashlib.sha1(data[:68] + b"00000000" + data[76:]).hexdigest()[:8].encode()


def encode(kind, id, mode, number, window, payload):
    header = (
        f"wirelab/1 {kind:<5} id={id} {CODES[mode]} s={number:05} a=00000 w={window:04}  l={len(payload):04}  tag=00000000   \n"
    ).encode()
    data = header + payload
    return data[:68] + tag_of(data) + data[76:]


def ack_in(data, id):
    """The number that a datagram acknowledges, or None."""
    if len(data) < 80 or data[10:13] != b"ACK" or data[19:27] != id.encode() or data[68:76] != tag_of(data):
        return None
    return int(data[42:47])


class Sender:
    def __init__(self, server, port, mode, window):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.connect((server, port))
        self.mode, self.asked, self.id = mode, window, os.urandom(4).hex()
        self.acked, self.due, self.tries = set(), {}, {}

    def transmit(self, number):
        kind, payload = self.segments[number]
        window = self.asked if kind == "OPEN" else 0
        try:
            self.sock.send(encode(kind, self.id, self.mode, number, window, payload))
        except OSError:
            pass
        self.due[number] = time.monotonic() + SECONDS
        self.tries[number] = self.tries.get(number, 0) + 1
        if self.tries[number] > TRIES:
            raise TimeoutError(f"segment {number} was never acknowledged")

    def take(self, number):
        if self.mode == "go-back-n":
            self.acked.update(range(number + 1))
        else:
            self.acked.add(number)

    def run(self, segments):
        self.segments = segments
        # OPEN goes alone, and CLOSE too.
        self.bring(0, 0, 1)
        self.bring(1, len(segments) - 2, self.asked)
        self.bring(len(segments) - 1, len(segments) - 1, 1)

    def bring(self, first, last, window):
        base = following = first
        while base <= last:
            while following <= last and following < base + window:
                self.transmit(following)
                following += 1
            self.wait(min(self.due[n] for n in range(base, following) if n not in self.acked))
            while base in self.acked:
                base += 1
            self.repeat([n for n in range(base, following) if n not in self.acked])

    def wait(self, until):
        """Takes all ACKs that have arrived; waits for the first one."""
        self.sock.settimeout(max(0.001, until - time.monotonic()))
        try:
            while True:
                number = ack_in(self.sock.recv(2048), self.id)
                if number is not None:
                    self.take(number)
                self.sock.settimeout(0.0001)
        except OSError:
            pass

    def repeat(self, open_ones):
        now = time.monotonic()
        late = [n for n in open_ones if self.due[n] <= now]
        if late and self.mode == "go-back-n":
            late = open_ones
        for number in late:
            self.transmit(number)


def main():
    server, port, mode, window, size, path = sys.argv[1:]
    data, size = open(path, "rb").read(), int(size)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    opening = f"bytes={len(data)} segment={size} echo=no min-rto=300 max-rto=300 tries={TRIES}".encode()
    closing = f"bytes={len(data)} sha-256={hashlib.sha256(data).hexdigest()} duplicates=0 out-of-order=0".encode()
    segments = [("OPEN", opening), *(("DATA", piece) for piece in pieces), ("CLOSE", closing)]
    try:
        Sender(server, int(port), mode, int(window)).run(segments)
    except TimeoutError as error:
        sys.exit(f"given up: {error}")
    print(f"sent: {len(data)} bytes")


main()
