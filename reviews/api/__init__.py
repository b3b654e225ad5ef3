"""The API's front doors: each reads a token and a body, calls one verb or read, and writes JSON."""
