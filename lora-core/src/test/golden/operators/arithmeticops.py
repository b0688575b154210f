import torch

from cases import SPECIAL, case, write

special = SPECIAL
signs = torch.tensor([7, -7, 6, 0], dtype=torch.int64)
halves = torch.tensor([-2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, 0.49999999999999994], dtype=torch.float64)
finite = torch.tensor([-7.5, -3.0, -0.25, 0.25, 3.0, 7.5], dtype=torch.float64)
case("add", lambda a, b: a + b, a=(3, 1, 5), b=(7, 1))
case("sub", lambda a, b: a - b, a=(5,), b=(2, 3, 5))
case("mul", lambda a, b: a.T * b, a=(3, 5), b=(2, 1, 3))
case("div", lambda a, b: a / b, a=special[:, None], b=special)
case("maximum", torch.maximum, a=special[:, None], b=special)
case("minimum", torch.minimum, a=special[:, None], b=special)
case("add_number", lambda x: x + 0.1, x=special)
case("sub_number", lambda x: x - 0.1, x=special)
case("mul_number", lambda x: x * (1.0 / 3), x=special)
case("div_number", lambda x: x / 3, x=special)
case("floor_div", lambda a, b: torch.div(a, b, rounding_mode="floor"), a=finite[:, None], b=finite)
case("floor_div_whole", lambda x: torch.div(x, 3, rounding_mode="floor"), x=signs)
case("remainder", torch.remainder, a=finite[:, None], b=finite)
case("remainder_whole", lambda x: torch.remainder(x, -4), x=signs)
for name in ["neg", "abs", "sign", "floor", "ceil", "round", "trunc", "reciprocal"]:
    case(name, getattr(torch, name), x=torch.cat([special, halves]))
case("pow", lambda x: x**0.5, x=special)
case("pow_whole", lambda x: x**3, x=signs)
case("pow_each", torch.pow, a=finite.abs()[:, None], b=finite)
case("clamp", lambda x: x.clamp(-1, 0.25), x=special)
case("clamp_min", lambda x: x.clamp_min(-1), x=special)
case("clamp_max", lambda x: x.clamp_max(0.25), x=special)
case("lerp", lambda a, b: torch.lerp(a, b, 0.3), a=(3, 5), b=(2, 1, 5))
case("lerp_each", torch.lerp, a=(3, 1), b=(2, 1, 5), weight=(5,))
write("arithmeticops")
