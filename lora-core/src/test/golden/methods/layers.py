"""Small layers, and the record of what an adapter does to them."""

import torch

HALF = {"F16": torch.float16, "BF16": torch.bfloat16}
TYPES = {"F32": torch.float32, **HALF}
PLAIN, STRIDED = (1, 1, 1), (2, 2, 2)

# kind, weight, groups
LAYERS = {
    "linear": ("LINEAR", (8, 12), 1),
    "square": ("LINEAR", (6, 6), 1),
    "point": ("CONVOLUTION", (8, 4, 1, 1), 1),
    "conv": ("CONVOLUTION", (8, 4, 3, 3), 1),
    "sequence": ("CONVOLUTION", (8, 4, 3), 1),
    "grouped": ("CONVOLUTION", (8, 2, 3, 3), 2),
    "norm": ("NORM", (8,), 1),
    "embedding": ("EMBEDDING", (10, 6), 1),
}

tensors, cases = {}, []


def noise(name, shape, scale=1.0):
    """Values that depend on the name alone, exact in float32."""
    generator = torch.Generator().manual_seed(int.from_bytes(name.encode(), "little") % (2**63 - 1))
    return (torch.randn(shape, generator=generator) * scale).float()


def layer(name, geometry=PLAIN, stored=torch.float32, compute=torch.float32):
    kind, shape, groups = LAYERS[name]
    stride, padding, dilation = geometry
    if kind == "LINEAR":
        made = torch.nn.Linear(shape[1], shape[0])
    elif kind == "CONVOLUTION":
        made = (torch.nn.Conv1d if len(shape) == 3 else torch.nn.Conv2d)(
            shape[1] * groups,
            shape[0],
            shape[2:],
            stride,
            padding if shape[2] > 1 else 0,
            dilation if shape[2] > 1 else 1,
            groups,
        )
    elif kind == "EMBEDDING":
        made = torch.nn.Embedding(*shape)
    else:
        made = torch.nn.LayerNorm(shape)
    made = made.to(compute)
    with torch.no_grad():
        for part, value in made.named_parameters():
            value.copy_(noise(f"{name}.{part}", value.shape).to(stored).to(compute))
            value.requires_grad_(False)
    return made


def layer_input(name, compute):
    kind, shape, groups = LAYERS[name]
    if kind == "EMBEDDING":
        return torch.tensor([[3, 0, 9]])
    size = {"LINEAR": (2, 3, shape[-1]), "NORM": (2, 8)}.get(kind)
    return noise(name + ".x", size or (1, shape[1] * groups, *[5] * (len(shape) - 2))).to(compute)


for layer_name in LAYERS:
    for part, value in layer(layer_name).named_parameters():
        tensors[f"{layer_name}/{part}"] = value.data.clone()
    tensors[f"{layer_name}/x"] = layer_input(layer_name, torch.float32)


class exact:
    """LyCORIS inverts in float32 whatever it is given; inside of this, in float64."""

    def __init__(self, compute):
        self.active = compute == torch.float64

    def __enter__(self):
        self.original = torch.Tensor.float
        if self.active:
            torch.Tensor.float = torch.Tensor.double

    def __exit__(self, *_):
        torch.Tensor.float = self.original


def relative(found, truth):
    return float((found.double() - truth).norm() / truth.norm())


def record(name, method, on, run, strengths=(1.0, 0.625), geometries=None, types=TYPES, settings=None):
    """run(stored, compute, geometry, strength) gives roles, (weight, bias), output."""
    kind = LAYERS[on][0]
    if on == "linear":
        strengths = (*strengths, -1.0)
    geometries = geometries or ([PLAIN, STRIDED] if on == "conv" else [PLAIN])
    for label, stored in TYPES.items():
        if label not in types:
            continue
        full = label == "F32"
        case = dict(name=f"{name} {on} {label}", method=method, layer=on, dtype=label)
        case["settings"] = settings or {}
        key = case["name"].replace(" ", "-")
        roles, _, _ = run(stored, torch.float32, PLAIN, 1.0)
        # Whether a file in half precision is rounded once can be seen in float32 as well.
        keep = torch.float64 if full else torch.float32
        case["roles"] = []
        for role, value in roles.items():
            value = value.detach().clone().contiguous()
            tensors[f"{key}/{role}"] = value.to(stored) if value.is_floating_point() else value
            case["roles"].append(role)
        base = layer(on, PLAIN, stored, torch.float64)
        case["merged"] = []
        for strength in strengths if full else strengths[:1]:
            _, (weight, bias), _ = run(stored, torch.float64, PLAIN, strength)
            _, (single, _), _ = run(stored, torch.float32, PLAIN, strength)
            assert weight.dtype == torch.float64, (name, weight.dtype)
            entry = dict(strength=strength, error=relative(single, weight))
            entry["weight"] = f"{key}/weight@{strength}"
            tensors[entry["weight"]] = weight.detach().to(keep).clone().contiguous()
            if bias is not None and not torch.equal(bias, base.bias):
                entry["bias"] = f"{key}/bias@{strength}"
                tensors[entry["bias"]] = bias.detach().to(keep).clone().contiguous()
            case["merged"].append(entry)
        case["outputs"] = []
        for geometry in geometries if full else geometries[:1]:
            _, _, y = run(stored, torch.float64, geometry, 1.0)
            if y is None:
                continue
            assert y.dtype == torch.float64, (name, y.dtype)
            point = LAYERS[on][1][-1] == 1
            entry = dict(zip(("stride", "padding", "dilation"), geometry), y=f"{key}/y{geometry[0]}")
            if kind != "CONVOLUTION" or point:
                entry.update(stride=1, padding=0, dilation=1)
            tensors[entry["y"]] = y.detach().to(keep).clone().contiguous()
            case["outputs"].append(entry)
        cases.append(case)


ONE = {"F32": torch.float32}
