"""An echo server for TCP and UDP: a thread for each connection."""
import socket
import sys
import threading


def serve(connection):
    with connection:
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
        except OSError:
            pass  # the client is gone


def serve_datagrams(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", port))
    while True:
        data, client = sock.recvfrom(65536)
        sock.sendto(data, client)


port = int(sys.argv[1])
threading.Thread(target=serve_datagrams, args=(port,), daemon=True).start()
listening = socket.create_server(("", port), backlog=32)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
