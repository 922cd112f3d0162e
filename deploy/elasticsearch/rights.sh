#!/usr/bin/env bash
# Gives the library a user in Elasticsearch that may do what it needs, and nothing else; again and
# again to no harm. Needs ELASTICSEARCH_URL, ELASTICSEARCH_CA, ELASTIC_PASSWORD (of the user elastic)
# and ELASTICSEARCH_PASSWORD (of the user library).
set -euo pipefail

if [[ ! $ELASTICSEARCH_PASSWORD =~ ^[A-Za-z0-9_-]{12,}$ ]]; then
  echo "ELASTICSEARCH_PASSWORD must be 12 or more letters and digits: openssl rand -hex 24" >&2
  exit 1
fi

put() { # path, document; the password goes by standard input, where no list of processes shows it
  printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD" | curl --config - \
    --fail-with-body --silent --show-error --retry 5 --retry-connrefused --output /dev/null \
    --cacert "$ELASTICSEARCH_CA" --header "Content-Type: application/json" \
    --request PUT --data "$2" "$ELASTICSEARCH_URL$1"
}

put /_security/role/library "@$(dirname "$0")/role.json"
put /_security/user/library "{\"password\": \"$ELASTICSEARCH_PASSWORD\", \"roles\": [\"library\"]}"
echo "Elasticsearch knows the user library."
