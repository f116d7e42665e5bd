"""Recomputes cosines.json, so that the judged verdicts can be tested without loading a model.

Run from the repository root after a text of the set, the splitting of sentences or the bundled model has changed:
python tests/data/verdicts/cosines.py CACHE_DIR
"""

import json
import sys
from pathlib import Path

from matcher.engine.embedding import load_embedder
from matcher.engine.verdicts.evidence import EvidenceText, sentences

HERE = Path(__file__).parent


def main(cache_dir: Path) -> None:
    embedder = load_embedder(cache_dir=cache_dir)
    cosines = {}
    for part in ("tuning", "held_out"):
        for profile in json.loads((HERE / f"{part}.json").read_text("utf-8")):
            found = sentences([EvidenceText(text["source"], text["text"]) for text in profile["texts"]])
            passages = embedder.encode_passages([sentence.text for sentence in found])
            clauses = embedder.encode_queries([case["clause"] for case in profile["cases"]])
            cosines[profile["profile"]] = [[round(float(x), 4) for x in row] for row in clauses @ passages.T]
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(rows)}" for name, rows in cosines.items())
    (HERE / "cosines.json").write_text(f'{{"model": {json.dumps(embedder.id)}, "cosines": {{\n{lines}\n}}}}\n', "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
