import torch

from cases import SPECIAL, case, write

moderate = torch.cat([SPECIAL[:8], SPECIAL[10:], torch.tensor([1e-12, -1e-12, 12.5, -12.5, 1e5], dtype=torch.float64)])
unit = torch.tensor([-1.0, -0.99, -0.5, -1e-12, -0.0, 0.0, 1e-12, 0.5, 0.99, 1.0, 1.5], dtype=torch.float64)
everywhere = "exp expm1 exp2 log log1p log2 sqrt rsqrt atan sinh cosh erf erfc"
for name in everywhere.split():
    case(name, getattr(torch, name), x=torch.cat([SPECIAL, moderate]))
for name in ["sin", "cos", "tan"]:
    case(name, getattr(torch, name), x=moderate)
for name in ["asin", "acos", "erfinv"]:
    case(name, getattr(torch, name), x=unit)
case("atan2", torch.atan2, y=SPECIAL[:, None], x=SPECIAL)
write("mathops")
