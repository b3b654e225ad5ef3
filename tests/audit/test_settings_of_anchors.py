"""Settings of places elsewhere: a wrong one stops the start and names its mend."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from hitl import environment


@pytest.mark.parametrize("value", ["stamps.example.com", "ftp://stamps.example.com", "https://", "file:///etc/passwd"])
def test_an_address_that_is_none_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("LEDGER_TSA_URL", value)
    with pytest.raises(ImproperlyConfigured, match="LEDGER_TSA_URL"):
        environment.address("LEDGER_TSA_URL")


def test_an_authority_needs_its_roots(monkeypatch, tmp_path):
    for value in ("", "off", str(tmp_path / "none.pem"), str(tmp_path)):
        monkeypatch.setenv("LEDGER_TSA_CA", value)
        with pytest.raises(ImproperlyConfigured, match=r"LEDGER_TSA_CA must name a file"):
            environment.file("LEDGER_TSA_CA", None, needed_for="https://stamps.example.com")
        environment.file("LEDGER_TSA_CA", None)
    (tmp_path / "roots.pem").touch()
    monkeypatch.setenv("LEDGER_TSA_CA", str(tmp_path / "roots.pem"))
    assert environment.file("LEDGER_TSA_CA", None, needed_for="https://stamps.example.com") == tmp_path / "roots.pem"


def test_the_witness_is_on_unless_it_is_switched_off(monkeypatch, tmp_path):
    default = tmp_path / "witness.ndjson"
    monkeypatch.delenv("LEDGER_WITNESS", raising=False)
    assert environment.file("LEDGER_WITNESS", default) == default
    monkeypatch.setenv("LEDGER_WITNESS", "off")
    assert environment.file("LEDGER_WITNESS", default) is None
    monkeypatch.setenv("LEDGER_WITNESS", "/elsewhere/w")
    assert environment.file("LEDGER_WITNESS", default) == Path("/elsewhere/w")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", ("", 25, "", "", False, False)),
        ("smtp://us%40er:p%2Fw@mail.example", ("mail.example", 587, "us@er", "p/w", True, False)),
        ("smtps://user:pw@mail.example", ("mail.example", 465, "user", "pw", False, True)),
        ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, "", "", False, False)),
    ],
)
def test_the_mail_server_is_spoken_to_under_tls_but_on_this_machine(monkeypatch, value, read):
    monkeypatch.setenv("HITL_MAIL_URL", value)
    assert environment.mail("HITL_MAIL_URL", needed_for=[]) == read


@pytest.mark.parametrize("value", ["", "mail.example", "http://mail.example", "smtp://"])
def test_checkpoints_to_be_mailed_need_a_server(monkeypatch, value):
    monkeypatch.setenv("HITL_MAIL_URL", value)
    with pytest.raises(ImproperlyConfigured, match="HITL_MAIL_URL"):
        environment.mail("HITL_MAIL_URL", needed_for=["auditor@example.org"])
