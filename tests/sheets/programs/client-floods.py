"""A client that does not wait at all between its attempts over UDP."""
import hashlib
import socket
import sys
import time

server, port, _, text = sys.argv[1:]
whole = f"{text}|{hashlib.sha1(text.encode()).hexdigest()[:8]}".encode()
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.connect((server, int(port)))
for _ in range(3):
    sock.send(whole)
    time.sleep(0.02)
sock.settimeout(1)
while sock.recv(2048) != whole:
    pass
print(f"received: {text}")
