"""The reference echo server: a thread for each TCP connection and one for UDP, a random number for each message, and its
lines on stdout. It makes no fault and also answers on UDP, so that it can be measured.
Usage: ECHO_PORT=9090 threading-echo.py"""

import os
import random
import socket
import threading

ADDRESS = ("127.0.0.1", int(os.environ["ECHO_PORT"]))


def decide(data, server):
    if random.random() < 0:
        return b"error_code"
    print("[SERVER] No fault.")
    return data


def serve_connection(connection):
    with connection:
        while data := connection.recv(1024):
            print(f"[TCP SERVER] Message Received: {data.decode()}")
            connection.sendall(decide(data, "TCP"))
            print("[TCP SERVER] Sent response.\n")
    print("[TCP SERVER] Client disconnected")


def serve_udp(sock):
    while True:
        data, peer = sock.recvfrom(1024)
        print(f"[UDP SERVER] Received from {peer}: {data.decode()}")
        sock.sendto(decide(data, "UDP"), peer)


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(ADDRESS)
threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()

tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
tcp.bind(ADDRESS)
tcp.listen(128)
while True:
    client, _ = tcp.accept()
    threading.Thread(target=serve_connection, args=(client,), daemon=True).start()
