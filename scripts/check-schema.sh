#!/usr/bin/env bash
# Holds config.example.json against config.schema.json. The Swift tests hold both against the reader.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

if ! command -v python3 >/dev/null; then
    echo "SKIPPED config.schema.json: python3 is missing (apt-get install python3)"
    exit 0
fi
python3 scripts/check_schema.py config.schema.json config.example.json
