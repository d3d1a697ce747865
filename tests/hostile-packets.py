"""hostile-packets.py SERVER SEED COUNT: sends this number of odd IP packets to the server host, from a shell with raw
sockets. Their headers contradict themselves, have options, are cut, or are fragments that fit nowhere. The source is
always this host. Prints how many the kernel took."""

import random
import socket
import struct
import sys

server, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
draw = random.Random(seed)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect((server, 9))
    own = probe.getsockname()[0]


def options() -> bytes:
    length = draw.choice([0, 0, 0, 4, 8, 40])
    return draw.choice([b"\x01" * length, draw.randbytes(length), (b"\x07\x27\x04" + bytes(37))[:length].ljust(length, b"\0")])


def tcp() -> bytes:
    offset = draw.choice([0, 4, 5, 5, 5, 8, 15])
    flags = draw.randrange(256)
    ports = draw.choice([(40_000, 9_090), (9_090, 40_000), (0, 0), (draw.randrange(65_536), draw.randrange(65_536))])
    numbers = (draw.randrange(2**32), draw.randrange(2**32))
    return struct.pack("!HHIIBBHHH", *ports, *numbers, offset << 4, flags, 1_024, 0, 0) + draw.randbytes(draw.randrange(60))


def udp() -> bytes:
    payload = draw.randbytes(draw.randrange(60))
    length = draw.choice([8 + len(payload), 0, 7, 65_535])
    return struct.pack("!HHHH", 40_000, 9_090, length, draw.choice([0, 1, 65_535])) + payload


def icmp() -> bytes:
    return bytes([draw.randrange(256), draw.randrange(256)]) + draw.randbytes(draw.randrange(64))


def packet() -> bytes:
    protocol, content = draw.choice([(6, tcp), (17, udp), (1, icmp), (draw.randrange(256), lambda: draw.randbytes(draw.randrange(80)))])
    body = content()
    body = body[: draw.choice([len(body), len(body), draw.randrange(len(body) + 1)])]
    extra = options()
    place = draw.choice([0, 0, 0x4000, 0x2000, draw.randrange(65_536)])
    head = struct.pack(
        "!BBHHHBBH4s4s",
        0x40 + 5 + len(extra) // 4,
        draw.randrange(256),
        20 + len(extra) + len(body),
        draw.randrange(65_536),
        place,
        draw.choice([2, 64, 255]),
        protocol,
        0,
        socket.inet_aton(own),
        socket.inet_aton(server),
    )
    return head + extra + body


taken = 0
for _ in range(count):
    try:
        raw.sendto(packet(), (server, 0))
        taken += 1
    except OSError:
        pass
print(taken)
