package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * LoKr on linear layers and convolutions: {@code delta = w1 (x) w2}, a Kronecker product in the two
 * dimensions of channels. Each of the two may be stored as a product of factors, and w2 with a
 * Tucker core.
 *
 * <p>The scale is {@code alpha / rank} where a part is factored, w2's rank before w1's. Where none
 * is, LyCORIS and all that write its layout mean 1, whatever alpha says; PEFT divides by the rank
 * of its configuration.
 */
@Extension(point = AdapterMethod.class, name = LokrMethod.NAME, help = "LoKr: a Kronecker product")
public final class LokrMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "lokr";

  /** Setting with the rank in PEFT's configuration. */
  public static final String RANK = "r";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(
        KroneckerFactors.W1,
        KroneckerFactors.W1_A,
        KroneckerFactors.W1_B,
        KroneckerFactors.W2,
        KroneckerFactors.W2_A,
        KroneckerFactors.W2_B,
        KroneckerFactors.T2,
        ALPHA,
        Alpha.SCALE,
        Alpha.SCALAR);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return (tensors.has(KroneckerFactors.W1) || tensors.has(KroneckerFactors.W1_A))
        && (tensors.has(KroneckerFactors.W2) || tensors.has(KroneckerFactors.W2_A));
  }

  @Override
  public Factors read(SiteTensors in) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    LokrShapes.read(in, tensors);
    Alpha.readScalar(in, tensors);
    Map<String, String> settings = new TreeMap<>();
    if (tensors.containsKey(KroneckerFactors.W2_B)) {
      settings.put(ALPHA, Alpha.read(in, in.size(KroneckerFactors.W2_B, 0)));
    } else if (tensors.containsKey(KroneckerFactors.W1_B)) {
      settings.put(ALPHA, Alpha.read(in, in.size(KroneckerFactors.W1_B, 0)));
    } else if (in.setting(Alpha.LORA_ALPHA).isPresent()) {
      scaleByConfiguration(in, tensors);
    } else {
      in.ignore(ALPHA, "a Kronecker product of two full matrices has the scale 1");
      if (in.has(Alpha.SCALE)) {
        double scale = Double.parseDouble(Alpha.read(in, 1));
        double scalar = in.number(Alpha.SCALAR).orElse(1.0);
        tensors.put(Alpha.SCALAR, HostTensor.of(Shape.of(), (float) (scale * scalar)));
      }
    }
    return Factors.of(NAME, tensors, settings);
  }

  private static void scaleByConfiguration(SiteTensors in, Map<String, HostTensor> tensors) {
    long rank =
        in.numberSetting(RANK)
            .map(Double::longValue)
            .filter(r -> r > 0)
            .orElseThrow(
                () ->
                    in.wrong(
                        KroneckerFactors.W1,
                        "with the rank r of its configuration, as alpha is divided by it"));
    double scale = Double.parseDouble(Alpha.read(in, rank)) / rank;
    double scalar = in.number(Alpha.SCALAR).orElse(1.0);
    // A scale of 1 is what two whole matrices have without a configuration.
    if (in.has(Alpha.SCALAR) || scale != 1) {
      tensors.put(Alpha.SCALAR, HostTensor.of(Shape.of(), (float) (scale * scalar)));
    }
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    SortedMap<String, HostTensor> tensors = AdditiveMethod.super.write(factors);
    // Readers want an alpha, also where it has no effect.
    tensors.putIfAbsent(ALPHA, HostTensor.of(Shape.of(), 1));
    return tensors;
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return Stream.of(KroneckerFactors.W2_B, KroneckerFactors.W1_B)
        .filter(factors::has)
        .mapToLong(role -> factors.shape(role).size(0))
        .findFirst();
  }

  /**
   * The rows of w1, where the layer has whole rows of it; else there is no Kronecker product for
   * the layer, and the change is stored whole.
   */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return LokrRowSlice.of(whole, factors, scale(factors.structure()), share);
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return LokrShapes.form(factors).without(ALPHA);
  }

  @Override
  public double scale(FactorStructure factors) {
    if (!factors.settings().containsKey(ALPHA)) {
      return 1;
    }
    String factor =
        factors.has(KroneckerFactors.W2_B) ? KroneckerFactors.W2_B : KroneckerFactors.W1_B;
    return factors.number(ALPHA) / factors.shape(factor).size(0);
  }

  /** {@code w1 (x) (a b) = (w1 (x) a) (1 (x) b)}: of rank {@code columns of w1 * rank of w2}. */
  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    if (!factors.has(KroneckerFactors.W2_B) || site.groups() > 1) {
      return OptionalInt.empty();
    }
    long rank = LokrShapes.columns(factors) * LokrShapes.inner(factors);
    return rank * (site.out() + site.rest()) >= site.weight().elements()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(rank));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return KroneckerFactors.lowRank(site, factors);
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return KroneckerFactors.product(site, factors);
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    return site.kind() == Site.Kind.LINEAR
        ? KroneckerFactors.linear(x, factors)
        : AdditiveMethod.super.unmerged(site, x, factors);
  }
}
