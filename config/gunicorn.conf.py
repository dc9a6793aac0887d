"""How gunicorn serves: two processes of four threads, for this machine only unless BIND says otherwise."""

import os

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)

# Browsers open connections ahead of need. A sync worker waits on each until it is killed for it, and
# cannot keep one open for the next request; threads do neither.
worker_class = "gthread"
threads = 4

# Nobody steers this server from another process, and it should write nothing into a home directory.
control_socket_disable = True

# The longest address that it takes. A longer one is refused by gunicorn itself, in words that no client reads;
# five thousand characters of nonsense still get a problem document from us.
limit_request_line = 8190
