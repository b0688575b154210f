"""Writes ../resources/ai-toolkit/keys.txt: the keys of a configuration that ai-toolkit reads, as SECTION KEY.

    python ai_toolkit_keys.py PATH_OF_A_CHECKOUT

They are the names that its code asks its tables for; no other line of it is in the list. The first line says the commit.
"""

import ast
import pathlib
import subprocess
import sys

CHECKOUT = pathlib.Path(sys.argv[1])
OUT = pathlib.Path(__file__).parent / "../resources/ai-toolkit/keys.txt"

# The sections of a process by the classes that read them; keys of other classes are those of sections that are no part of an adapter.
CLASSES = {
    "SaveConfig": "save",
    "LoggingConfig": "logging",
    "SampleConfig": "sample",
    "SampleItem": "samples",
    "NetworkConfig": "network",
    "TrainConfig": "train",
    "EMAConfig": "ema_config",
    "ModelConfig": "model",
    "DatasetConfig": "datasets",
}
PROCESSES = [
    "jobs/process/BaseProcess.py",
    "jobs/process/BaseTrainProcess.py",
    "jobs/process/BaseSDTrainProcess.py",
    "extensions_built_in/sd_trainer/SDTrainer.py",
    "extensions_built_in/sd_trainer/DiffusionTrainer.py",
]


def asked(tree, of, how):
    """Names of x.get('NAME', ...), or of x.get_conf('NAME', ...), in the order of the code."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == how):
            continue
        if ast.unparse(node.func.value) in of and node.args and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


def network_arguments():
    """Arguments of the network's constructor that the trainer does not give itself."""
    tree = ast.parse((CHECKOUT / "toolkit/lora_special.py").read_text(encoding="utf-8"))
    network = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "LoRASpecialNetwork")
    made = next(n for n in network.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    given = set()
    trainer = ast.parse((CHECKOUT / PROCESSES[2]).read_text(encoding="utf-8"))
    for node in ast.walk(trainer):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "NetworkClass":
            given.update(k.arg for k in node.keywords if k.arg)
    return [a.arg for a in made.args.args if a.arg != "self" and a.arg not in given]


keys = set()
modules = ast.parse((CHECKOUT / "toolkit/config_modules.py").read_text(encoding="utf-8"))
for node in modules.body:
    if isinstance(node, ast.ClassDef) and node.name in CLASSES:
        keys.update((CLASSES[node.name], key) for key in asked(node, {"kwargs"}, "get"))
for file in PROCESSES:
    tree = ast.parse((CHECKOUT / file).read_text(encoding="utf-8"))
    keys.update(("process", key) for key in asked(tree, {"self"}, "get_conf"))
    keys.update(("process", key) for key in asked(tree, {"self.config"}, "get"))
keys.update(("network_kwargs", key) for key in network_arguments())
keys.add(("process", "type"))

commit = subprocess.run(
    ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
).stdout.strip()
lines = [f"# github.com/ostris/ai-toolkit {commit}"] + [f"{section} {key}" for section, key in sorted(keys)]
OUT.parent.mkdir(exist_ok=True)
OUT.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
