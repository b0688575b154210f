"""What `scale_weight_norms` of kohya's sd-scripts makes of factors, by its definition, in F64.

The products are formed as the layers would use them: of a convolution by running its two kernels
one after another. Writes ../../resources/dev/lora4j/core/train/maxnorm.safetensors:
  start     both factors of each site, one after another
  scaled    the same after scaling
  result    [count, mean of norms, greatest norm]
"""

from pathlib import Path

import numpy
import torch
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/maxnorm.safetensors"
MOST = 1.5
SITES = (
    # shapes of both factors, their size, and alpha
    ((4, 6), (5, 4), 0.3, 2.0),
    ((4, 6), (5, 4), 1.0, 2.0),
    ((2, 3, 3, 3), (4, 2, 1, 1), 1.0, 3.0),
    ((2, 3, 3, 3), (4, 2, 1, 1), 0.0, 3.0),
)


def change(down, up):
    if down.dim() == 2:
        return up @ down
    return torch.nn.functional.conv2d(down.permute(1, 0, 2, 3), up).permute(1, 0, 2, 3)


def main():
    random = numpy.random.default_rng(0)
    start, scaled, norms, count = [], [], [], 0
    for down_shape, up_shape, size, alpha in SITES:
        down, up = (
            torch.from_numpy((size * random.normal(size=s)).astype(numpy.float32).astype(float))
            for s in (down_shape, up_shape)
        )
        start += [down.flatten().clone(), up.flatten().clone()]
        scale = alpha / down.shape[0]
        found = (change(down, up) * scale).norm()
        norm = found.clamp(min=MOST / 2)
        ratio = norm.clamp(max=MOST) / norm
        count += int(ratio != 1)
        down, up = down * ratio**0.5, up * ratio**0.5
        scaled += [down.flatten(), up.flatten()]
        norms.append((change(down, up) * scale).norm().item())
    save_file(
        {
            "start": torch.cat(start).numpy(),
            "scaled": torch.cat(scaled).numpy(),
            "result": numpy.array([count, sum(norms) / len(norms), max(norms)]),
        },
        TARGET,
    )
    print(count, norms)


if __name__ == "__main__":
    main()
