import torch

from cases import case, write

linalg = torch.linalg
generator = torch.Generator().manual_seed(5)


def normal(*shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


square = normal(2, 4, 4) + 3 * torch.eye(4, dtype=torch.float64)
positive = square @ square.mT
# Signs are a matter of the library; what does not depend on them is compared.
case("qr", lambda x: [(lambda d: d.Q @ d.Q.mT)(linalg.qr(x)), (lambda d: d.R.abs())(linalg.qr(x))], x=(2, 5, 3))
case("qr_wide", lambda x: [linalg.qr(x).R.abs(), linalg.qr(x).Q.abs()], x=(3, 5))
case("qr_complete", lambda x: linalg.qr(x, "complete").R.abs(), x=(5, 3))
case("svd", lambda x: [(lambda d: (d.U * d.S.sqrt()[:, None]) @ d.Vh)(linalg.svd(x, full_matrices=False)), linalg.svdvals(x)], x=(2, 5, 3))
case("svd_wide", lambda x: [linalg.svd(x, full_matrices=False).U.abs(), linalg.svd(x, full_matrices=False).Vh.abs()], x=(3, 5))
case("singular_values", linalg.svdvals, x=(2, 3, 5))
case("eigh", lambda x: [linalg.eigh(x).eigenvalues, linalg.eigh(x).eigenvectors.abs()], x=positive)
case("eigenvalues", linalg.eigvalsh, x=square)
case("solve", linalg.solve, a=square, b=(1, 4, 3))
case("solve_upper", lambda a, b: linalg.solve_triangular(a, b, upper=True), a=square, b=(4, 3))
case("solve_lower", lambda a, b: linalg.solve_triangular(a, b, upper=False), a=square, b=(2, 4, 3))
case("cholesky", linalg.cholesky, x=positive)
case("inverse", linalg.inv, x=square)
case("matrix_exp", linalg.matrix_exp, x=normal(2, 4, 4))
case("determinant", linalg.det, x=square)
case("log_determinant", linalg.slogdet, x=-square[:, :3, :3])
case("pseudo_inverse", lambda x: linalg.pinv(x, rtol=1e-12), x=(2, 5, 3))
case("pseudo_inverse_cut", lambda x: linalg.pinv(x, rtol=0.3), x=torch.diag(torch.tensor([1, 0.5, 0.1], dtype=torch.float64)))
case("trace", lambda x: x.diagonal(dim1=-2, dim2=-1).sum(-1), x=(2, 4, 3))
write("linalgops")
