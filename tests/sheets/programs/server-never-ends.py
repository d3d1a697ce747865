"""A right server that ignores SIGTERM, and leaves a process of its own session that holds its standard output."""
import os
import signal
import socket
import sys
import threading
import time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
    sys.exit()


def serve(connection):
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)


listening = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
