"""Fields of PEFT's configurations with their defaults: golden for PeftFieldsTest.

Versions in requirements.txt; run
    python fields.py ../../resources/dev/lora4j/core/format/config/peft-fields.json
A field of a new version has no row in PeftFields, and the test says so.
"""

import dataclasses
import json
import sys
from pathlib import Path

import peft

TYPES = {
    "LORA": peft.LoraConfig,
    "ADALORA": peft.AdaLoraConfig,
    "LOHA": peft.LoHaConfig,
    "LOKR": peft.LoKrConfig,
    "IA3": peft.IA3Config,
    "OFT": peft.OFTConfig,
    "BOFT": peft.BOFTConfig,
    "SHIRA": peft.ShiraConfig,
    "MISS": peft.MissConfig,
    "GRALORA": peft.GraloraConfig,
    "HIRA": peft.HiraConfig,
    "VERA": peft.VeraConfig,
    "RANDLORA": peft.RandLoraConfig,
    "VBLORA": peft.VBLoRAConfig,
}


def default(field):
    if field.default is not dataclasses.MISSING:
        value = field.default
    elif field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    else:
        value = None
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value


def main(file: Path):
    types = {
        name: {field.name: default(field) for field in dataclasses.fields(config)}
        for name, config in TYPES.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        json.dumps({"peft": peft.__version__, "types": types}, indent=1, sort_keys=True) + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
