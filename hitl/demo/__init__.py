"""The demo: three projects, a team, and half of its work done, all through the public API."""
