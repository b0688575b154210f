import torch

from cases import SPECIAL, case, write

special = SPECIAL
case("add", lambda a, b: a + b, a=(3, 1, 5), b=(7, 1))
case("sub", lambda a, b: a - b, a=(5,), b=(2, 3, 5))
case("mul", lambda a, b: a.T * b, a=(3, 5), b=(2, 1, 3))
case("div", lambda a, b: a / b, a=special[:, None], b=special)
case("maximum", torch.maximum, a=special[:, None], b=special)
case("minimum", torch.minimum, a=special[:, None], b=special)
case("add_number", lambda x: x + 0.1, x=special)
case("mul_number", lambda x: x * (1.0 / 3), x=special)
for name in ["neg", "abs", "exp", "log", "sqrt", "rsqrt", "reciprocal", "isfinite"]:
    case(name, getattr(torch, name), x=special)
for name in ["sin", "cos"]:
    case(name, getattr(torch, name), x=torch.cat([special[:8], special[10:], torch.tensor([1e5], dtype=torch.float64)]))
case("pow", lambda x: x**0.5, x=special)
case("clamp", lambda x: x.clamp(-1, 0.25), x=special)
case(
    "where",
    lambda condition, a, b: torch.where(condition, a, b),
    condition=torch.tensor([[True], [False], [True]]),
    a=(2, 1, 5),
    b=(3, 1),
)
write("arithmetic")
