package dev.lora4j.core.adapter.vera;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.ProjectionSeed;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SharingMethod;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * VeRA (Kopiczko et al. 2024) on linear layers: {@code delta = diag(b) B diag(d) A}, with {@code
 * vera_lambda_b} [out] and {@code vera_lambda_d} [rank] of each layer, and {@code vera_A} [rank,
 * in] and {@code vera_B} [out, rank], which are the beginnings of two matrices that a file has once
 * for all layers. It has no scale, and is a LoRA of that rank.
 */
@Extension(
    point = AdapterMethod.class,
    name = VeraMethod.NAME,
    help = "VeRA: vectors that scale two matrices which all layers share")
public final class VeraMethod implements AdditiveMethod, SharingMethod {
  /** Its name. */
  public static final String NAME = "vera";

  /** Role of the matrix on the side of the inputs. */
  public static final String A = "vera_A";

  /** Role of the matrix on the side of the outputs. */
  public static final String B = "vera_B";

  /** Role of the vector that scales the outputs. */
  public static final String OUTPUTS = "vera_lambda_b";

  /** Role of the vector that scales the directions. */
  public static final String DIRECTIONS = "vera_lambda_d";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(A, B, OUTPUTS, DIRECTIONS);
  }

  @Override
  public Set<String> shared() {
    return Set.of(A, B);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(OUTPUTS) && tensors.has(DIRECTIONS);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long rank = in.size(A, 0);
    if (in.size(B, 1) != rank) {
      throw in.wrong(B, "[at least " + site.out() + ", " + rank + "], as " + in.key(A) + " is");
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(DIRECTIONS, in.tensor(DIRECTIONS, Shape.of(rank)));
    tensors.put(OUTPUTS, in.tensor(OUTPUTS, Shape.of(site.out())));
    tensors.put(A, in.corner(A, Shape.of(rank, site.in())));
    tensors.put(B, in.corner(B, Shape.of(site.out(), rank)));
    return Factors.of(NAME, tensors, Map.of());
  }

  @Override
  public SortedMap<String, HostTensor> drawn(List<SiteTensors> layers) {
    SiteTensors first = layers.get(0);
    return ProjectionSeed.generator(first)
        .map(
            random ->
                VeraDraw.of(
                    random,
                    first.size(DIRECTIONS, 0),
                    layers.stream().map(SiteTensors::site).toList()))
        .orElseGet(TreeMap::new);
  }

  /** The outputs have rows in two tensors; what belongs to inputs and directions is shared. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.put(OUTPUTS, share.of(factors.tensor(OUTPUTS)));
    tensors.put(B, share.of(factors.tensor(B)));
    return Factors.of(NAME, tensors, factors.settings());
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(DIRECTIONS).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(A, 0).open(B, 1).open(DIRECTIONS, 0);
  }

  @Override
  public double scale(FactorStructure factors) {
    return 1;
  }

  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    return OptionalInt.of(Math.toIntExact(factors.shape(DIRECTIONS).size(0)));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return pair(factors.get(A), factors.get(B), factors.get(OUTPUTS), factors.get(DIRECTIONS));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return lowRank(site, factors).product(site);
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    Expr inner = x.linear(factors.get(A)).mul(factors.get(DIRECTIONS));
    return inner.linear(factors.get(B)).mul(factors.get(OUTPUTS));
  }

  /** The two factors of the LoRA that it is. */
  static LowRank pair(Expr a, Expr b, Expr outputs, Expr directions) {
    return new LowRank(a.mul(directions.unsqueeze(-1)), b.mul(outputs.unsqueeze(-1)));
  }
}
