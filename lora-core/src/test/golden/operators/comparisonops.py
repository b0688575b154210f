import torch

from cases import SPECIAL, case, write

a, b = SPECIAL[:, None], SPECIAL
p = torch.tensor([[True], [False]])
q = torch.tensor([True, False])
for name in ["eq", "ne", "lt", "le", "gt", "ge"]:
    case(name, getattr(torch, name), a=a, b=b)
    case(name + "_number", lambda x: getattr(torch, name)(x, -1), x=SPECIAL)
    case(name + "_whole", lambda x: getattr(torch, name)(x, 2.5), x=torch.arange(5))
case("and", torch.logical_and, a=p, b=q)
case("or", torch.logical_or, a=p, b=q)
case("xor", torch.logical_xor, a=p, b=q)
case("not", torch.logical_not, x=q)
for name in ["isfinite", "isinf", "isnan"]:
    case(name, getattr(torch, name), x=SPECIAL)
case(
    "where",
    lambda condition, a, b: torch.where(condition, a, b),
    condition=torch.tensor([[True], [False], [True]]),
    a=(2, 1, 5),
    b=(3, 1),
)
case(
    "masked_fill",
    lambda x, mask: x.masked_fill(mask, -torch.inf),
    x=(2, 3, 4),
    mask=torch.tensor([[True], [False], [True]]),
)
write("comparisonops")
