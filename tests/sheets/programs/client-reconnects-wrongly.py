"""A client that after a reset connects to the port beside the right one."""
import hashlib
import socket
import sys

server, port, _, text = sys.argv[1:]
whole = f"{text}|{hashlib.sha1(text.encode()).hexdigest()[:8]}".encode()
place = (server, int(port))
for _ in range(3):
    try:
        sock = socket.create_connection(place, timeout=1)
        sock.sendall(whole)
        if sock.recv(2048) == whole:
            print(f"received: {text}")
            break
    except OSError as error:
        print(f"{error}, once more", file=sys.stderr)
        place = (server, int(port) + 1)
