"""What KnOTS (Stoica et al., "Model merging with SVD to tie the Knots", ICLR 2025) makes of made-up adapters.

Written after the paper and its public code: singular values above 1e-5, the basis in F64 and then
F32, the greatest numbers over all layers together, one scaling of all adapters.

Writes ../resources/dev/lora4j/mixers/deltas/knots.safetensors, for each LAYER:
  LAYER/down/I, LAYER/up/I  factors of each adapter, of several ranks; scales are 1
  LAYER/uniform             random numbers [adapter, out, in], of which a basis takes the first rows
  LAYER/directions          how many singular values count
  MIXER/LAYER               the result
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[1] / "resources/dev/lora4j/mixers/deltas/knots.safetensors"
LAYERS = {"square": (12, 9), "wide": (6, 20), "tall": (40, 5)}
RANKS = [2, 3, 2]
LEAST = 1e-5

# Our mixer, and the rule, the share that is kept and the scaling. The public code keeps a number more
# than the whole part of the share: as many as ours, unless the share of all is a whole number.
MIXERS = [
    ("knots:density=0.35", "ties", 0.35, 1.0),
    ("knots:density=0.35,lambda=0.6", "ties", 0.35, 0.6),
    ("knots:density=1", "ties", 1.0, 1.0),
    ("knots:rule=mean,density=0.25", "mean", 0.25, 1.0),
    ("knots:rule=mean,density=1,lambda=2", "mean", 1.0, 2.0),
    ("knots:rule=dare_ties,density=0.4", "dare", 0.4, 1.0),
]


def adapters(random):
    """Factors [layer][adapter] = (down, up)."""
    made = {}
    for name, (out, inner) in LAYERS.items():
        pairs = []
        for rank in RANKS:
            down = random.standard_normal((rank, inner)).astype(np.float32)
            up = random.standard_normal((out, rank)).astype(np.float32)
            pairs.append((down, up))
        # The last one changes the outputs of the first: their directions are the same.
        pairs[-1] = (pairs[-1][0], pairs[0][1])
        made[name] = pairs
    return made


def aligned(deltas):
    """The basis, and the coordinates of each change."""
    beside = np.concatenate([d.astype(np.float64) for d in deltas], axis=1)
    u, s, v = np.linalg.svd(beside, full_matrices=False)
    u, s, v = (x.astype(np.float32) for x in (u[:, s > LEAST], s[s > LEAST], v[s > LEAST]))
    return u, [s[:, None] * part for part in np.split(v, len(deltas), axis=1)]


def greatest(vectors, density):
    """Indicator of each one's greatest numbers."""
    if density >= 1:
        return np.ones_like(vectors)
    width = vectors.shape[1]
    place = width - int(width * density)
    least = np.sort(np.abs(vectors), axis=1)[:, place - 1 : place]
    return (np.abs(vectors) >= least).astype(np.float32)


def agreeing(vectors):
    """Indicator of numbers with the sign of their sum, 0 taking that of most sums."""
    signs = np.sign(vectors.sum(axis=0))
    signs[signs == 0] = np.sign(signs.sum())
    return np.where(signs[None] > 0, vectors > 0, vectors < 0).astype(np.float32)


def merged(vectors, rule, density, scaling, uniform):
    if rule == "dare":
        vectors = vectors * (uniform < density) / np.float32(density)
    else:
        vectors = vectors * greatest(vectors, density)
    if rule != "mean":
        vectors = vectors * agreeing(vectors)
    count = (vectors != 0).sum(axis=0)
    return scaling * vectors.sum(axis=0) / np.maximum(count, 1)


def main():
    random = np.random.default_rng(11)
    made = adapters(random)
    tensors = {}
    bases, coordinates, uniforms = {}, {}, {}
    for name, pairs in made.items():
        bases[name], coordinates[name] = aligned([up @ down for down, up in pairs])
        rows, columns = LAYERS[name]
        uniform = random.random((len(pairs), rows, columns), dtype=np.float32)
        uniforms[name] = uniform[:, : bases[name].shape[1]]
        for i, (down, up) in enumerate(pairs):
            tensors[f"{name}/down/{i}"], tensors[f"{name}/up/{i}"] = down, up
        tensors[f"{name}/uniform"] = uniform
        tensors[f"{name}/directions"] = np.array([bases[name].shape[1]], dtype=np.float32)
    count = len(RANKS)
    flat = np.stack([np.concatenate([coordinates[n][i].ravel() for n in LAYERS]) for i in range(count)])
    uniform = np.stack([np.concatenate([uniforms[n][i].ravel() for n in LAYERS]) for i in range(count)])
    for mixer, rule, density, scaling in MIXERS:
        left = merged(flat, rule, density, scaling, uniform)
        for name in LAYERS:
            shape = coordinates[name][0].shape
            own, left = left[: shape[0] * shape[1]], left[shape[0] * shape[1] :]
            tensors[f"{mixer}/{name}"] = bases[name] @ own.reshape(shape)
    save_file({k: np.ascontiguousarray(v, dtype=np.float32) for k, v in tensors.items()}, TARGET)


if __name__ == "__main__":
    main()
