"""A client that waits for an answer for ever, so it makes a second attempt only when a bad answer has arrived."""
import hashlib
import socket
import sys

server, port, protocol, *texts = sys.argv[1:]
kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
sock = socket.socket(socket.AF_INET, kind)
sock.connect((server, int(port)))
for text in texts:
    whole = f"{text}|{hashlib.sha1(text.encode()).hexdigest()[:8]}".encode()
    for _ in range(3):
        sock.sendall(whole)
        if sock.recv(2048) == whole:
            print(f"received: {text}")
            break
