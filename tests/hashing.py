"""Passwords of tests: the product's hash with less work, so that a thousand sign-ins do not cost two minutes."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class QuickScrypt(ScryptPasswordHasher):
    """Hash as the product does, in a thousandth of the time; a server started by a test verifies it all the same."""

    work_factor = 2**4
