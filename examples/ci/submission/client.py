"""Asks for a balance as often as it is told, and prints how each request ended."""

import sys

import requests


def ask(session, url):
    try:
        return str(session.get(url, timeout=1).status_code)
    except requests.Timeout:
        return "timeout"


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: python3 client.py ADDRESS PORT REQUESTS")
    address, port, requests_to_make = sys.argv[1:]
    with requests.Session() as session:
        for _ in range(int(requests_to_make)):
            print(ask(session, f"http://{address}:{port}/getbalance"))


if __name__ == "__main__":
    main()
