"""The hot paths beside their bare-SQL limits: `make bench`, or `python -m bench --help`."""
