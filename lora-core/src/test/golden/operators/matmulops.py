import torch

from cases import case, write

case("matmul", torch.matmul, a=(2, 1, 5, 3), b=(3, 3, 7))
case("matmul_transposed", lambda a, b: a.mT @ b, a=(3, 5), b=(2, 3, 1))
case("dot", torch.dot, a=(5,), b=(5,))
case("outer", torch.outer, a=(5,), b=(3,))
case("kron", torch.kron, a=(2, 3), b=(4, 2))
case("kron_ranks", torch.kron, a=(3,), b=(2, 2, 2))
EQUATIONS = {
    "matrices": ("ij,jk->ik", (2, 3), (3, 4)),
    "attention": ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 1, 5)),
    "implied": ("cab,bA", (2, 3, 4), (4, 5)),
    "diagonal": ("iij->ij", (3, 3, 2)),
    "trace": ("ii", (3, 3)),
    "rest": ("...ij,...jk->...ik", (2, 1, 2, 3), (5, 3, 4)),
    "rest_first": ("a...,...b->ab...", (2, 3), (3, 4)),
    "rest_implied": ("...i,ij", (2, 2, 3), (3, 4)),
    "rest_summed": ("...i->i", (2, 4, 3)),
    "spaces": (" i j , j -> i ", (2, 3), (3,)),
    "scalar": (",ij->ij", (), (2, 3)),
    "ones": ("ij,jk->ik", (2, 1), (3, 4)),
    "three": ("bi,ij,bj->b", (2, 3), (3, 4), (2, 4)),
}
for name, (equation, *shapes) in EQUATIONS.items():
    operands = {"abc"[i]: shape for i, shape in enumerate(shapes)}
    case("einsum_" + name, lambda *all: torch.einsum(equation, *all), **operands)
write("matmulops")
