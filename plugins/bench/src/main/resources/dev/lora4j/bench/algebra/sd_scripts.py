"""Resizing and merging by sd-scripts' own functions, out of a copy of its repository.

--folder is that copy; networks/resize_lora.py and networks/svd_merge_lora.py are run as they are.
What they import beside PyTorch, for reading Stable Diffusion and for metadata, is replaced by
functions of no effect, so that none of it has to be installed. The quantile at which merged factors
are clamped is computed and then taken as infinite, as results could not be compared otherwise.

--niter 0 is the decomposition that the scripts ask for. With more, torch.svd_lowrank with so many
iterations stands in its place, as later versions of resize_lora.py have it by default (2), with
four times the new rank as directions looked for, but at most those that there are.
"""

import importlib.util
import math
import pathlib
import sys
import types

import peer


def stand_in(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    return module


def load(folder, name):
    train = stand_in(
        "library.train_util",
        load_metadata_from_safetensors=lambda file: {},
        precalculate_safetensors_hashes=lambda tensors, metadata: ("", ""),
        build_minimum_network_metadata=lambda *arguments: {},
        SS_METADATA_KEY_V2="ss_v2",
        SS_METADATA_KEY_BASE_MODEL_VERSION="ss_base_model_version",
    )
    model = stand_in("library.model_util", is_safetensors=lambda n: n.endswith(".safetensors"))
    spec = stand_in("library.sai_model_spec")
    tools = stand_in("library.utils", setup_logging=lambda *a, **k: None)
    stand_in(
        "library", train_util=train, model_util=model, sai_model_spec=spec, utils=tools
    ).__path__ = []
    stand_in("lora")
    try:
        import tqdm  # noqa: F401
    except ImportError:
        stand_in("tqdm", tqdm=lambda items, *a, **k: items)
    path = pathlib.Path(folder) / "networks" / f"{name}.py"
    found = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def products(tensors):
    import torch

    values = []
    for key in sorted(k for k in tensors if k.endswith(".lora_down.weight")):
        down = tensors[key].double().flatten(1)
        up = tensors[key.replace("lora_down", "lora_up")].double().flatten(1)
        y = up @ (down @ torch.cos(torch.arange(down.shape[1], dtype=torch.float64)))
        values += (y[:8] / y.norm()).tolist()
    return values


def prepare(arguments):
    import torch

    files = arguments.inputs.split(":")
    rank = arguments.rank
    module = load(arguments.folder, "resize_lora" if arguments.work == "resize" else "svd_merge_lora")
    if arguments.niter:
        whole = torch.linalg.svd

        def approximate(matrix, **options):
            # svd_lowrank decomposes a small matrix itself.
            torch.linalg.svd = whole
            count = min(4 * rank, *matrix.shape)
            u, s, v = torch.svd_lowrank(matrix, q=count, niter=arguments.niter)
            torch.linalg.svd = approximate
            return u, s, v.T

        torch.linalg.svd = approximate
    quantile = torch.quantile
    torch.quantile = lambda values, share: quantile(values, share).abs() + math.inf
    last = {}

    def resize():
        tensors, metadata = module.load_state_dict(files[0], torch.float)
        result, _, _ = module.resize_lora_model(
            tensors, rank, rank, torch.float, None, None, None, False
        )
        module.save_to_file(arguments.output, result, metadata)
        last.update(result)

    def merge():
        result, *_ = module.merge_lora_models(
            files, [1 / len(files)] * len(files), [], rank, rank, None, torch.float
        )
        module.save_to_file(arguments.output, result, {})
        last.update(result)

    unit = resize if arguments.work == "resize" else merge

    def check():
        if not last:
            unit()
        values = products(last)
        return [v if math.isfinite(v) else 0.0 for v in values]

    return check, unit


peer.serve(
    prepare, package="torch", folder=str, work=str, rank=int, niter=int, output=str
)
