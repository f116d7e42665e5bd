#!/bin/bash
# Checks the signature of a webhook (Standard Webhooks 1.0): bash, openssl and coreutils alone.
#
#   verify.sh SECRET ID TIMESTAMP SIGNATURES < BODY
#
# SECRET is `whsec_…`, the others are the headers webhook-id, webhook-timestamp and webhook-signature (one signature
# for each secret that is valid, with blanks between). Exits with 0 when one is right and the time within five minutes.
set -eu
secret=$1 id=$2 timestamp=$3 signatures=$4

[[ $timestamp =~ ^[0-9]{1,12}$ ]] || { echo "no timestamp" >&2; exit 1; }
away=$(( $(date +%s) - timestamp ))
(( away <= 300 && away >= -300 )) || { echo "more than 300 s from now" >&2; exit 1; }

key=$(printf %s "${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
right=v1,$( { printf '%s.%s.' "$id" "$timestamp"; cat; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
for given in $signatures; do
    [ "$given" = "$right" ] && exit 0
done
echo "the signature is wrong" >&2
exit 1
