#!/usr/bin/env bash
# Put `prometheus` and `promtool` into the folder $1, for the tests of alert rules: those of this machine, else out of
# Debian's package, which is unpacked there and not installed. Where neither is to be had it says so, and the tests skip.
set -u
mkdir -p "$1"
into=$(cd "$1" && pwd)
if command -v prometheus promtool >/dev/null; then
    ln -sf "$(command -v prometheus)" "$(command -v promtool)" "$into/"
    exit 0
fi
if ! command -v apt-get dpkg-deb >/dev/null; then
    echo "No prometheus here, and no apt-get to fetch it with: the tests of alert rules will be skipped" >&2
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
fetch() { apt-get download -qq prometheus 2>/dev/null && ls prometheus_*.deb >/dev/null 2>&1; }
if { fetch || { [ "$(id -u)" = 0 ] && apt-get update -qq && fetch; }; } && dpkg-deb -x prometheus_*.deb unpacked; then
    cp unpacked/usr/bin/prometheus unpacked/usr/bin/promtool "$into/"
else
    echo "Debian's package prometheus could not be fetched: the tests of alert rules will be skipped" >&2
fi
