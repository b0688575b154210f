package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The changes at a parameter of some form, staged: all that is computed of factors, for the survey
 * as for the mixing, so that both see the same numbers.
 */
final class StagedDeltas {
  /** A change of one part at weight 1: the product of two factors where it is one. */
  private record Staged(Expr delta, Optional<LowRank> product) {}

  private final List<List<StagedFactors>> inputs = new ArrayList<>();
  private final Expr scales;

  private final MixedParameter like;
  private final List<Staged> parts = new ArrayList<>();

  /**
   * Declares its inputs, which {@link RowInputs} has the values of.
   *
   * @param like a parameter of the form
   */
  StagedDeltas(Graph graph, MixedParameter like) {
    this.like = like;
    int count = 0;
    for (MixedParameter.Part part : like.parts()) {
      List<StagedFactors> staged = new ArrayList<>();
      for (Factors factors : part.factors()) {
        staged.add(StagedFactors.inputs(graph, factors.structure(), DType.F32));
      }
      inputs.add(staged);
      count += staged.size();
    }
    scales = graph.input("scales", DType.F32, Shape.of(count));
    int at = 0;
    for (int i = 0; i < inputs.size(); i++) {
      List<StagedFactors> factors = inputs.get(i);
      Expr own = scales.slice(0, at, at + factors.size());
      parts.add(staged(like.parts().get(i).factors(), factors, own));
      at += factors.size();
    }
  }

  /** The values of the inputs. */
  static List<Tensor> tensors(Scope work, MixedParameter parameter) {
    return new RowInputs(work, parameter).whole();
  }

  /** Number of parts. */
  int count() {
    return parts.size();
  }

  /** The change of a part at weight 1, in the parameter's {@link MixedParameter#shape}, F32. */
  Expr delta(int part) {
    return parts.get(part).delta();
  }

  /**
   * A part as mixers see it.
   *
   * @param weight a scalar, F32
   * @param uniform random numbers, see {@link SiteDelta#uniform}
   * @param places see {@link SiteDelta#places}
   * @param stored its stored factors, if the mixer needs them
   */
  SiteDelta change(
      int part,
      Expr weight,
      SiteDelta.Draw uniform,
      SiteDelta.Draw places,
      Optional<StoredFactors> stored) {
    Staged staged = parts.get(part);
    return new SiteDelta(
        like.parts().get(part).adapter(),
        staged.delta(),
        staged.product(),
        weight,
        uniform,
        places,
        stored);
  }

  /** The stored factors of a part that is one plain LoRA, in a program for its rank alone. */
  StoredFactors stored(int part, SiteDelta.Draw downs, SiteDelta.Draw ups) {
    StagedFactors factors = inputs.get(part).get(0);
    Expr down = factors.get(LoraMethod.DOWN).reshape(downShape(part).sizes());
    Expr up = factors.get(LoraMethod.UP).reshape(upShape(part).sizes());
    int at = inputs.subList(0, part).stream().mapToInt(List::size).sum();
    Expr scale = scales.slice(0, at, at + 1).reshape(new long[0]);
    return new StoredFactors(new LowRank(down, up), scale, downs, ups);
  }

  /** [rank, rest] of the down factor of a part that is one plain LoRA. */
  Shape downShape(int part) {
    return Shape.of(FactorRequirements.rank(like.parts().get(part)), like.site().rest());
  }

  /** [out, rank] of the up factor of such a part. */
  Shape upShape(int part) {
    return Shape.of(like.site().out(), FactorRequirements.rank(like.parts().get(part)));
  }

  private Staged staged(List<Factors> all, List<StagedFactors> inputs, Expr scales) {
    List<Expr> downs = new ArrayList<>();
    List<Expr> ups = new ArrayList<>();
    List<Expr> wholes = new ArrayList<>();
    Site site = like.general();
    for (int i = 0; i < all.size(); i++) {
      Expr scale = scales.slice(0, i, i + 1);
      AdditiveMethod method = Methods.additive(all.get(i).method());
      if (like.isProduct(all.get(i).structure())) {
        LowRank pair = method.lowRank(site, inputs.get(i));
        downs.add(pair.down().reshape(pair.down().dim(0), Dim.of(-1)));
        ups.add(pair.up().reshape(pair.up().dim(0), Dim.of(-1)).mul(scale));
      } else {
        wholes.add(shaped(method.delta(site, inputs.get(i))).mul(scale));
      }
    }
    Optional<LowRank> product =
        downs.isEmpty()
            ? Optional.empty()
            : Optional.of(new LowRank(joined(downs, 0), joined(ups, 1)));
    product.ifPresent(p -> wholes.add(shaped(p.up().matmul(p.down()))));
    Expr delta = wholes.stream().reduce(Expr::add).orElseThrow();
    return new Staged(delta, wholes.size() == 1 ? product : Optional.empty());
  }

  private static Expr joined(List<Expr> all, int d) {
    return all.size() == 1 ? all.get(0) : ShapeOps.cat(all, d);
  }

  private Expr shaped(Expr change) {
    return change.reshape(like.shape().sizes());
  }
}
