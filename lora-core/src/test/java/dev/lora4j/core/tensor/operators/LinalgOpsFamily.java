package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.LinalgOps.Eigen;
import dev.lora4j.core.tensor.LinalgOps.Qr;
import dev.lora4j.core.tensor.LinalgOps.Svd;
import java.util.List;
import java.util.function.Function;

/**
 * Linear algebra. Factors whose signs are free are put together to what does not depend on the
 * signs, but still on each factor.
 */
final class LinalgOpsFamily implements OperatorFamily {
  private static final double LEAST = 1e-12;

  @Override
  public Class<?> operators() {
    return LinalgOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.several("qr()", g -> signless(g.reals(2, g.size(2, 4), 2).qr())),
        Row.several("qr()", g -> signless(g.reals(2, g.size(2, 4)).qr())),
        Row.several("qrComplete()", g -> signless(g.reals(2, g.size(2, 4)).qrComplete())),
        Row.several("qrComplete()", g -> signless(g.reals(2, g.size(3, 4), 2).qrComplete()))
            .with(Row.Trait.FLAT),
        Row.several("svd()", g -> signless(g.reals(2, g.size(2, 4), 3).svd())),
        Row.of("singularValues()", g -> g.reals(2, g.size(1, 4), 3).singularValues()),
        Row.several("eigh()", g -> signless(symmetric(g).eigh())),
        Row.of("eigenvalues()", g -> symmetric(g).eigenvalues()),
        Row.of(
            "solve(Expr)",
            g -> {
              int n = g.size(1, 3);
              return regular(g, n).solve(g.reals(g.size(1, 2), n, g.size(1, 3)));
            }),
        Row.of("solveUpper(Expr)", g -> regular(g, 3).solveUpper(g.reals(3, g.size(1, 3)))),
        Row.of("solveLower(Expr)", g -> regular(g, 3).solveLower(g.reals(3, g.size(1, 3)))),
        Row.of(
            "cholesky()",
            g -> {
              Expr x = regular(g, 3);
              return x.matmul(x.transpose(-1, -2)).cholesky();
            }),
        Row.of("inverse()", g -> regular(g, g.size(1, 3)).inverse()),
        Row.of("matrixExp()", g -> g.reals(2, 3, 3).matrixExp()),
        Row.of("determinant()", g -> regular(g, g.size(1, 3)).determinant()),
        Row.several(
            "logDeterminant()",
            g -> {
              LinalgOps.LogDeterminant d = regular(g, g.size(1, 3)).logDeterminant();
              return List.of(d.sign().detach(), d.logAbs());
            }),
        Row.of("pseudoInverse(double)", g -> g.reals(g.size(1, 3), 4).pseudoInverse(LEAST)),
        Row.of("trace()", g -> g.reals(2, g.size(1, 3), g.size(1, 3)).trace()));
  }

  /** Square matrices that are far from singular. */
  private static Expr regular(Operands g, int n) {
    Expr unit = Constants.eye(g.graph(), g.real(), Dim.of(n));
    return g.between(-0.5, 0.5, 2, n, n).add(unit.mul(2));
  }

  /** Symmetric matrices with eigenvalues that are far apart. */
  private static Expr symmetric(Operands g) {
    Expr x = g.between(-0.3, 0.3, 2, 3, 3);
    Expr spread = Constants.arange(g.graph(), g.real(), Dim.of(3)).diagonalMatrix();
    return x.add(x.transpose(-1, -2)).add(spread.mul(2));
  }

  private static List<Expr> signless(Qr d) {
    return List.of(d.q().matmul(d.q().transpose(-1, -2)), d.q().matmul(d.r()), d.r().abs());
  }

  private static List<Expr> signless(Svd d) {
    Expr scaled = d.u().mul(d.values().add(1).sqrt().unsqueeze(-2));
    return List.of(scaled.matmul(d.vh()), d.values());
  }

  private static List<Expr> signless(Eigen d) {
    Expr scaled = d.vectors().mul(d.values().exp().unsqueeze(-2));
    return List.of(scaled.matmul(d.vectors().transpose(-1, -2)), d.values());
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        several(
            "qr()",
            "qr",
            x -> {
              Qr d = x.qr();
              return List.of(d.q().matmul(d.q().transpose(-1, -2)), d.r().abs());
            }),
        several("qr()", "qr_wide", x -> List.of(x.qr().r().abs(), x.qr().q().abs())),
        of("qrComplete()", "qr_complete", x -> x.qrComplete().r().abs()),
        several(
            "svd()",
            "svd",
            x -> {
              Svd d = x.svd();
              Expr scaled = d.u().mul(d.values().sqrt().unsqueeze(-2));
              return List.of(scaled.matmul(d.vh()), d.values());
            }),
        several("svd()", "svd_wide", x -> List.of(x.svd().u().abs(), x.svd().vh().abs())),
        of("singularValues()", "singular_values", Expr::singularValues),
        several(
            "eigh()",
            "eigh",
            x -> {
              Eigen d = x.eigh();
              return List.of(d.values(), d.vectors().abs());
            }),
        of("eigenvalues()", "eigenvalues", Expr::eigenvalues),
        ElementwiseCases.golden("solve(Expr)", "solve", (a, b) -> a.solve(b)),
        ElementwiseCases.golden("solveUpper(Expr)", "solve_upper", (a, b) -> a.solveUpper(b)),
        ElementwiseCases.golden("solveLower(Expr)", "solve_lower", (a, b) -> a.solveLower(b)),
        of("cholesky()", "cholesky", Expr::cholesky),
        of("inverse()", "inverse", Expr::inverse),
        of("matrixExp()", "matrix_exp", Expr::matrixExp),
        of("determinant()", "determinant", Expr::determinant),
        several(
            "logDeterminant()",
            "log_determinant",
            x -> List.of(x.logDeterminant().sign(), x.logDeterminant().logAbs())),
        of("pseudoInverse(double)", "pseudo_inverse", x -> x.pseudoInverse(LEAST)),
        of("pseudoInverse(double)", "pseudo_inverse_cut", x -> x.pseudoInverse(0.3)),
        of("trace()", "trace", Expr::trace));
  }

  private static Golden of(String method, String name, Function<Expr, Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x")));
  }

  private static Golden several(String method, String name, Function<Expr, List<Expr>> operator) {
    return Golden.several(method, name, in -> operator.apply(in.apply("x")));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "svd()", g -> g.reals(2, 2).to(DType.BF16).svd().u(), "F32 or F64", "BF16 [2, 2]"),
        new Refusal("qr()", g -> g.reals(2).qr().q(), "at least 2 dimensions", "F64 [2]"),
        new Refusal(
            "inverse()", g -> g.reals(2, 3).inverse(), "square matrices [..., n, n]", "F64 [2, 3]"),
        new Refusal(
            "solve(Expr)",
            g -> g.reals(3, 3).solve(g.reals(2, 3)),
            "[..., n, n] and [..., n, columns]",
            "F64 [3, 3] and F64 [2, 3]"),
        new Refusal(
            "solve(Expr)",
            g -> g.reals(3, 3).solve(g.reals(3)),
            "at least 2 dimensions",
            "F64 [3]"),
        new Refusal(
            "solveUpper(Expr)",
            g -> g.reals(2, 3, 3).solveUpper(g.reals(4, 3, 1)),
            "shapes that broadcast",
            "[2] and [4]"));
  }
}
