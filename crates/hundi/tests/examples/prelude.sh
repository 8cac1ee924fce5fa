# Before the blocks of one document: curl tells what became of each request, and an id that stands there as `ord_…` is
# the last one of its kind that an answer had.
set -eu -o pipefail
kinds='ord pay rfd evt whe dlv conn cus pm order'

curl() {
  local filled=() word kind
  for word in "$@"; do
    for kind in $kinds; do
      [ ! -s "$NOTES/$kind" ] || word=${word//"${kind}_…"/$(cat "$NOTES/$kind")}
    done
    word=${word//http:\/\/127.0.0.1:8080/$HUNDI}
    word=${word//http:\/\/127.0.0.1:4010/$SIM}
    filled+=("${word//http:\/\/127.0.0.1:4020/$RECEIVER}")
  done
  local answer=0
  command curl --noproxy '*' --write-out '%{stderr}ANSWER %{http_code} %{url_effective}\n' "${filled[@]}" \
    > "$NOTES/answer" || answer=$?
  for kind in $kinds; do
    grep -oaE "\"(id|provider_order)\":\"${kind}_[0-9A-Za-z]+\"" "$NOTES/answer" | head -n 1 | cut -d '"' -f 4 \
      > "$NOTES/found" || true
    [ ! -s "$NOTES/found" ] || mv "$NOTES/found" "$NOTES/$kind"
  done
  cat "$NOTES/answer"
  return "$answer"
}

# Whoever reads has begun a payment already.
{
  curl -sS "$HUNDI/api/v1/orders" -u "$KEY" -H 'Content-Type: application/json' -d '{"amount": 149900, "currency": "INR"}'
  curl -sS "$HUNDI/api/v1/payments" -u "$KEY" -H 'Content-Type: application/json' -d '{"order_id": "ord_…"}'
} > "$NOTES/begun" 2>&1
