import torch

from cases import SPECIAL, case, write

flags = torch.tensor([[True, True], [True, False], [False, False]])
case("keeping", lambda x: x.sum((0, 2), keepdim=True), x=(3, 5, 2))
case("sum", lambda x: x.sum((0, 2)), x=(3, 5, 2))
case("mean", lambda x: x.mean(1), x=(3, 5, 2))
case("prod", lambda x: x.prod(2).prod(0), x=(3, 5, 2))
case("prod_whole", lambda x: x.prod(1, keepdim=True), x=torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.int32))
case("max", lambda x: x.amax((0, 2)), x=(3, 5, 2))
case("max_special", torch.amax, x=SPECIAL[:12])
case("max_nan", torch.amax, x=SPECIAL)
case("min", lambda x: x.amin((0, 2), keepdim=True), x=(3, 5, 2))
case("var", lambda x: x.var((0, 2), correction=1), x=(3, 5, 2))
case("var_population", lambda x: x.var(1, correction=0), x=(3, 5, 2))
case("std", lambda x: x.std((0, 2), correction=1, keepdim=True), x=(3, 5, 2))
for p in [0, 0.5, 1, 2, 3, torch.inf, -torch.inf]:
    case(f"norm_{p}", lambda x: torch.linalg.vector_norm(x, p, dim=(0, 2)), x=(3, 5, 2))
case("log_sum_exp", lambda x: (x * 1000).logsumexp((0, 2)), x=(3, 5, 2))
case("log_sum_exp_infinite", lambda x: x.logsumexp(0), x=torch.tensor([-torch.inf, -torch.inf], dtype=torch.float64))
case("all", lambda x: x.all(1), x=flags)
case("any", lambda x: x.any(0, keepdim=True), x=flags)
case("arg_max", lambda x: x.argmax(1, keepdim=True), x=(3, 5, 2))
case("arg_min", lambda x: x.argmin(-1), x=(3, 5, 2))
write("reduction")
