"""python3 server.py PORT: sends back what clients send, over TCP and over UDP."""
import sys


def main():
    port = int(sys.argv[1])
    print(f"nothing listens at port {port} yet")
    # Your work begins here: listen at the port, and serve until you are ended.
    sys.exit(1)


main()
