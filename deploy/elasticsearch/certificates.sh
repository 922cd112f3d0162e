#!/usr/bin/env bash
# Makes a certificate authority and a node's certificate in the folder CERTIFICATES, once. NODE_NAMES
# are the names by which the node is called; OWNER (user:group) is whose the node's files become. Runs
# where Elasticsearch's own programs are (BIN, by default where its image has them).
set -euo pipefail

BIN=${BIN:-/usr/share/elasticsearch/bin}
ca=$CERTIFICATES/ca
if [ -f "$CERTIFICATES/node/node.crt" ]; then
  exit 0
fi

unpack() { unzip -q -o "$1" -d "$CERTIFICATES" && rm "$1"; }

if [ ! -f "$ca/ca.crt" ]; then
  "$BIN/elasticsearch-certutil" ca --silent --pem --days 3650 --out "$CERTIFICATES/ca.zip"
  unpack "$CERTIFICATES/ca.zip"
fi
"$BIN/elasticsearch-certutil" cert --silent --pem --days 3650 --name node \
  --ca-cert "$ca/ca.crt" --ca-key "$ca/ca.key" --dns "${NODE_NAMES// /,}" \
  --out "$CERTIFICATES/node.zip"
unpack "$CERTIFICATES/node.zip"
# The authority's certificate is for everybody, its key for whoever ran this, the rest the node's.
chmod 755 "$CERTIFICATES" "$ca"
chmod 644 "$ca/ca.crt"
chmod 600 "$ca/ca.key"
chown -R "$OWNER" "$CERTIFICATES/node"
chmod 750 "$CERTIFICATES/node"
chmod 640 "$CERTIFICATES"/node/*
echo "Made an authority and a certificate for $NODE_NAMES."
