"""Django's PostgreSQL backend on the embedded server of healthnews/embedded.py.

In DATABASES: `ENGINE` "healthnews.embedded_backend", `DATA_DIR` the server's folder, and `THROWAWAY` True for a
server that is fast, unsafe, and deleted after its last user.
"""
