"""Run the suite on both engines side by side: one process each, the first one's lines as they come.

python -m tests.both ARGUMENTS-FOR-PYTEST
"""

import subprocess
import sys
import tempfile

ENGINES = ("sqlite", "postgres")


def main(arguments: list[str]) -> int:
    """Start both, show SQLite's lines at once and PostgreSQL's when it is done; 1 where one of them failed."""
    with tempfile.TemporaryFile("w+") as later:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "pytest", f"--engine={engine}", *arguments],
                stdout=later if engine == ENGINES[1] else None,
                stderr=subprocess.STDOUT if engine == ENGINES[1] else None,
            )
            for engine in ENGINES
        ]
        try:
            codes = [one.wait() for one in running]
        except KeyboardInterrupt:
            codes = [one.wait() or 1 for one in running]  # both heard it
        later.seek(0)
        for line in later:
            sys.stdout.write(line)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
