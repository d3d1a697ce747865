"""A client with one mistake, which its first argument names."""
import hashlib
import socket
import sys
import time

mistake, server, port, protocol, *texts = sys.argv[1:]
ATTEMPTS = {"for-ever": 10_000, "gives-up-at-once": 1}.get(mistake, 3)
SECONDS = {"no-timeout": None, "for-ever": 0.3, "floods": 0.02}.get(mistake, 1)
place = (server, int(port))


def connect():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    sock.settimeout(SECONDS)
    sock.connect(place)
    return sock


def answer(sock, whole):
    """The first thing that arrives, and all of it if it begins as the message."""
    data = sock.recv(2048)
    while protocol == "tcp" and data and len(data) < len(whole) and whole.startswith(data):
        data += sock.recv(2048)
    if not data:
        raise ConnectionResetError("the server has closed the connection")
    return data


def send(sock, text):
    """Makes the attempts of a message. Returns the socket for the next one."""
    global place
    whole = f"{text}|{hashlib.sha1(text.encode()).hexdigest()[:8]}".encode()
    for _ in range(ATTEMPTS):
        try:
            sock = sock or connect()
            sock.sendall(whole)
            data = answer(sock, whole)
        except socket.timeout:
            continue
        except OSError:
            if mistake == "reconnects-wrongly":
                place = (server, int(port) + 1)
            if mistake != "old-socket":
                sock = None
            continue
        if data == whole or (mistake == "ignores-checksum" and b"|" in data):
            print(f"received: {data.rpartition(b'|')[0].decode('latin-1')}", flush=True)
            if mistake == "duplicates":
                time.sleep(0.2)
                print_more(sock, whole)
            break
        if mistake == "for-ever":
            time.sleep(SECONDS)
    return sock


def print_more(sock, whole):
    sock.setblocking(False)
    try:
        while sock.recv(2048) == whole:
            print(f"received: {whole.rpartition(b'|')[0].decode()}", flush=True)
    except OSError:
        sock.settimeout(SECONDS)


sock = None
for text in texts:
    sock = send(sock, text)
