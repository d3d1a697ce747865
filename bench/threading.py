"""The reference HTTP server: a thread for each connection. For each request it opens, appends to and closes its log, and
prints a line on stderr. Usage: HTTP_PORT=8080 threading.py LOGFILE"""

import json
import os
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn

LOGFILE = sys.argv[1]
PAGE = b"""<html>
<head><title>Balance</title></head>
<body>
<h1>Your Balance</h1>
<p>$9999</p>
</body>
</html>
"""


class ThreadingHTTPServer(ThreadingMixIn, HTTPServer):
    pass


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        entry = {"timestamp": datetime.now().isoformat(), "client_ip": self.client_address[0], "outcome": "200"}
        with open(LOGFILE, "a") as log:
            log.write(json.dumps(entry) + "\n")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        # Not in the reference server. Without it autocannon counts no HTTP/1.0 response as complete.
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Handler)
print("serving", flush=True)
server.serve_forever()
