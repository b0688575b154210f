package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.MatmulOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Products of matrices and vectors. */
final class MatmulOpsFamily implements OperatorFamily {
  private static final Map<String, String> EQUATIONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("matrices", "ij,jk->ik"),
              Map.entry("attention", "bhqd,bhkd->bhqk"),
              Map.entry("implied", "cab,bA"),
              Map.entry("diagonal", "iij->ij"),
              Map.entry("trace", "ii"),
              Map.entry("rest", "...ij,...jk->...ik"),
              Map.entry("rest_first", "a...,...b->ab..."),
              Map.entry("rest_implied", "...i,ij"),
              Map.entry("rest_summed", "...i->i"),
              Map.entry("spaces", " i j , j -> i "),
              Map.entry("scalar", ",ij->ij"),
              Map.entry("ones", "ij,jk->ik"),
              Map.entry("three", "bi,ij,bj->b")));

  @Override
  public Class<?> operators() {
    return MatmulOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "matmul(Expr)",
            g -> {
              int inner = g.size(1, 3);
              long[] leading = g.sizes(0, 2);
              Expr a = g.reals(Operands.join(leading, g.size(1, 3), inner));
              Expr b = g.reals(Operands.join(g.broadcasting(leading), inner, g.size(1, 3)));
              return g.flag() ? a.matmul(b) : b.transpose(-1, -2).matmul(a.transpose(-1, -2));
            }),
        Row.of(
            "dot(Expr)",
            g -> {
              int n = g.size(1, 4);
              return g.reals(n).dot(g.reals(n));
            }),
        Row.of("outer(Expr)", g -> g.reals(g.size(1, 4)).outer(g.reals(g.size(1, 4)))),
        Row.of("kron(Expr)", g -> g.reals(g.sizes(0, 3)).kron(g.reals(g.sizes(0, 3)))),
        einsum("ij,jk->ik", g -> List.of(g.reals(2, 3), g.reals(3, 2))),
        einsum("bqhd,bkhd->bhqk", g -> List.of(g.reals(2, 2, 2, 3), g.reals(2, 3, 2, 3))),
        einsum("...ij,...j->i...", g -> List.of(g.reals(2, 1, 2, 3), g.reals(2, 3))),
        einsum("iij->j", g -> List.of(g.reals(3, 3, 2))),
        einsum("ba,Ca", g -> List.of(g.reals(2, 3), g.reals(2, 1))));
  }

  private static Row einsum(String equation, Function<Operands, List<Expr>> operands) {
    return Row.of(
        "einsum(String, Expr[])",
        g -> {
          List<Expr> all = operands.apply(g);
          Expr[] others = all.subList(1, all.size()).toArray(Expr[]::new);
          return all.get(0).einsum(equation, others);
        });
  }

  @Override
  public List<Golden> goldens() {
    List<Golden> all = new ArrayList<>();
    all.add(ElementwiseCases.golden("matmul(Expr)", "matmul", (a, b) -> a.matmul(b)));
    all.add(
        ElementwiseCases.golden(
            "matmul(Expr)", "matmul_transposed", (a, b) -> a.transpose(-1, -2).matmul(b)));
    all.add(ElementwiseCases.golden("dot(Expr)", "dot", (a, b) -> a.dot(b)));
    all.add(ElementwiseCases.golden("outer(Expr)", "outer", (a, b) -> a.outer(b)));
    all.add(ElementwiseCases.golden("kron(Expr)", "kron", (a, b) -> a.kron(b)));
    all.add(ElementwiseCases.golden("kron(Expr)", "kron_ranks", (a, b) -> a.kron(b)));
    EQUATIONS.forEach(
        (name, equation) ->
            all.add(
                Golden.of("einsum(String, Expr[])", "einsum_" + name, in -> staged(equation, in))));
    return all;
  }

  private static Expr staged(String equation, Function<String, Expr> in) {
    int count = equation.replaceAll("->.*", "").split(",", -1).length;
    Expr[] others = new Expr[count - 1];
    Expr first = in.apply("a");
    for (int i = 1; i < count; i++) {
      others[i - 1] = in.apply("abc".substring(i, i + 1));
    }
    return first.einsum(equation, others);
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(4, 2)),
            "[..., rows, inner] and [..., inner, columns]",
            "F64 [2, 3] and F64 [4, 2]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(3)),
            "[..., inner, columns]",
            "F64 [2, 3] and F64 [3]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 3).matmul(g.reals(3, 2).to(DType.F32)),
            "of one type",
            "F64 [2, 3] and F32 [3, 2]"),
        new Refusal(
            "matmul(Expr)",
            g -> g.reals(2, 2, 3).matmul(g.reals(3, 3, 2)),
            "shapes that broadcast",
            "[2] and [3]"),
        new Refusal("dot(Expr)", g -> g.reals(2).dot(g.reals(3)), "shape [2]", "F64 [3]"),
        new Refusal("outer(Expr)", g -> g.reals(2).outer(g.reals(3, 1)), "shape [?]", "F64 [3, 1]"),
        refused("ij,jk->ik", "sizes of 'j' that agree, not 3 and 4", "[2, 3] and [4, 2]"),
        refused("ij->ij", "1 operands", "[2, 3] and [4, 2]"),
        refused("ij,klm->i", "3 dimensions of operand 1 (klm)", "[2, 3] and [4, 2]"),
        refused("abc...,kl->k", "at least 3 dimensions of operand 0", "[2, 3] and [4, 2]"),
        refused("ij,kl->ijx", "which 'x' does not", "[2, 3] and [4, 2]"),
        refused("ij,kl->ijj", "not 'j' twice", "[2, 3] and [4, 2]"),
        refused("ii,kl->i", "both dimensions 'i' of operand 0", "[2, 3] and [4, 2]"),
        refused("i1,kl->i", "not '1'", "[2, 3] and [4, 2]"),
        refused("i.,kl->i", "not '.'", "[2, 3] and [4, 2]"),
        refused("i......,kl->i", "'...' at most once", "[2, 3] and [4, 2]"),
        refused("...,...->...", "'...' that broadcast", "[2, 3] and [4, 2]"),
        refused("ij->k->l", "at most one arrow", "[2, 3] and [4, 2]"));
  }

  private static Refusal refused(String equation, String expected, String found) {
    return new Refusal(
        "einsum(String, Expr[])",
        g -> g.reals(2, 3).einsum(equation, g.reals(4, 2)),
        expected,
        found);
  }
}
