#!/bin/bash
# Checks the signature of a webhook (Standard Webhooks 1.0): bash, openssl and coreutils alone.
#
#   WEBHOOK_SECRET=… verify.sh ID TIMESTAMP SIGNATURES < BODY
#
# WEBHOOK_SECRET is `whsec_…`; the others are the headers webhook-id, webhook-timestamp and webhook-signature (one
# signature for each secret that is valid, with blanks between). Exits with 0 when one is right and the time within five
# minutes. The secret is in no program's arguments, which every account of a machine can list.
set -euf
secret=${WEBHOOK_SECRET#whsec_} id=$1 timestamp=$2 signatures=$3

[[ $timestamp =~ ^[0-9]{1,12}$ ]] || { echo "no timestamp" >&2; exit 1; }
away=$(( $(date +%s) - 10#$timestamp ))
(( away <= 300 && away >= -300 )) || { echo "more than 300 s from now" >&2; exit 1; }

key=$(printf %s "$secret" | base64 -d | od -An -v -tx1 | tr -d ' \n')
(( ${#key} > 0 && ${#key} <= 128 )) || { echo "a secret has 64 bytes at most" >&2; exit 1; }

# The key XOR a byte, filled up to the 64 bytes of a block: HMAC (RFC 2104).
padded() {
    local number byte escaped=
    for (( number = 0; number < 64; number++ )); do
        byte=${key:2 * number:2}
        printf -v byte '\\x%02x' $(( 16#${byte:-0} ^ $1 ))
        escaped+=$byte
    done
    printf "$escaped"
}
sha256() { openssl dgst -sha256 -binary; }

right=v1,$( { padded 0x5c; { padded 0x36; printf '%s.%s.' "$id" "$timestamp"; cat; } | sha256; } | sha256 | base64)
for given in $signatures; do
    [ "$given" = "$right" ] && exit 0
done
echo "the signature is wrong" >&2
exit 1
