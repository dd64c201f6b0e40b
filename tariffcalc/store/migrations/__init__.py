"""The steps by which the database came to its form, oldest first; ``HEAD`` is the newest."""

HEAD = "0002"
