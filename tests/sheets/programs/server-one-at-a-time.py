"""An echo server that serves one connection until its end before it accepts the next one, and ends when a client breaks off."""
import socket
import sys

listening = socket.create_server(("", int(sys.argv[1])))
while True:
    connection, _ = listening.accept()
    while data := connection.recv(4096):
        connection.sendall(data)
    connection.close()
