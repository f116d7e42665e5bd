"""Only addresses of the public internet pass, whatever form they are written in."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.addresses import is_loopback_text, is_public, is_public_text

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:0a00:0001::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.32.0.1",
    "223.5.5.5",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2002:0101:0101::1",
    "2400:3200::1",
    "2606:4700:4700::1111",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_inside_is_not_public(text: str) -> None:
    assert not is_public_text(text)


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_outside_is_public(text: str) -> None:
    assert is_public_text(text)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"])
def test_an_address_of_this_machine_is_loopback(text: str) -> None:
    assert is_loopback_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *(each for each in PRIVATE if not each.startswith(("127.", "::ffff:127.")) and each != "::1"),
        *PUBLIC,
        "",
        "localhost",
        "64:ff9b::127.0.0.1",
    ],
)
def test_no_other_address_is_loopback(text: str) -> None:
    assert not is_loopback_text(text)


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "1.1.1.1/32"])
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public_text(text)


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_as_public_as_itself(inner: IPv4Address) -> None:
    mapped = IPv6Address(0xFFFF << 32 | int(inner))
    nat64 = IPv6Address(int(IPv6Address("64:ff9b::")) | int(inner))
    six_to_four = IPv6Address(0x2002 << 112 | int(inner) << 80 | 1)
    assert {is_public(address) for address in (mapped, nat64, six_to_four)} == {is_public(inner)}


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_local_is_public(address: IPv4Address | IPv6Address) -> None:
    local = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    assert not (local and is_public(address))


@given(st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]), st.data())
def test_no_address_of_a_private_network_is_public(network: str, data: st.DataObject) -> None:
    assert not is_public(ip_address(data.draw(st.ip_addresses(network=network))))
