import torch

from cases import case, write

F64 = torch.float64


def angles(positions, width, base):
    frequencies = 1.0 / (base ** (torch.arange(0, width, 2, dtype=positions.dtype) / width))
    return positions[..., None] * frequencies


case("angles", lambda p: angles(p, 6, 10000.0), positions=torch.tensor([[0.0, 1, 5], [7, 1000, 131071]], dtype=F64))
case("angles_f32", lambda p: angles(p.float(), 64, 500000.0), positions=torch.tensor([0.0, 1, 77, 8191], dtype=F64))


def halves(x, angles):
    """transformers' LLaMA: both halves of the cosines are alike."""
    width = 2 * angles.shape[-1]
    cos, sin = (torch.cat([f, f], -1) for f in (angles.cos(), angles.sin()))
    turned, rest = x[..., :width], x[..., width:]
    other = torch.cat([-turned[..., width // 2 :], turned[..., : width // 2]], -1)
    return torch.cat([turned * cos + other * sin, rest], -1)


def pairs(x, angles):
    """FLUX and GPT-J: neighbours as complex numbers."""
    width = 2 * angles.shape[-1]
    turned = torch.view_as_complex(x[..., :width].unflatten(-1, (-1, 2)).contiguous())
    turned = torch.view_as_real(turned * torch.polar(torch.ones_like(angles), angles)).flatten(-2)
    return torch.cat([turned, x[..., width:]], -1)


case("halves", halves, x=(2, 3, 5, 6), angles=(5, 3))
case("halves_partly", halves, x=(2, 3, 1, 7), angles=(2, 1, 1, 2))
case("pairs", pairs, x=(2, 3, 5, 6), angles=(5, 3))
case("pairs_partly", pairs, x=(3, 5, 8), angles=(5, 1))
write("rotaryops")
