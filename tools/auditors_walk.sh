#!/usr/bin/env bash
# The auditor's walk: who looked at one enterprise within a week without an outcome of the case, taken along, and verified in
# an empty folder by a verifier that shares no code with the gateway.
#
#   tools/auditors_walk.sh CODE [LAST_INSTANT [FOLDER]]
#
# JSG is the command with what it needs to find gateway and certificate (default: jsg), KEY the file of the log's public key,
# had from the operator (default: the newest one under var/log). The export stays in FOLDER (default: walk-CODE).
# Exit code 0: exported and proven. 1: it was not.
set -euo pipefail

code=${1:?the enterprise: its unified social credit code}
until=${2:-$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)}
folder=${3:-walk-$code}
since=$(date -u -d "$until - 7 days" +%Y-%m-%dT%H:%M:%S.000000Z)
read -ra jsg <<<"${JSG:-jsg}"
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
key=${KEY:-$(find var/log -name vkey | sort | tail -n 1)}
found=(--uscc "$code" --from "$since" --until "$until" --without-outcome)

echo "1. 一周内查询该企业而无处理结果的 who looked, without an outcome, $since to $until"
"${jsg[@]}" audit search "${found[@]}"

echo "2. 导出 export"
"${jsg[@]}" audit export "${found[@]}" --format csv --out "$folder"

echo "3. 在空文件夹中独立核验 verify, in an empty folder"
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
cp -r "$folder" "$away/export"
cp "$tools/verify_export.py" "$tools/verify_receipt.py" "$key" "$away"
cd "$away"
"${PYTHON:-python3}" verify_export.py --key "$(cat "$(basename "$key")")" export
