package dev.lora4j.core.adapter.glora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * GLoRA as LyCORIS has it: {@code W + strength * alpha / rank * (b1 * b2 + W * a1 * a2)}, where a1
 * [in, rank] and a2 [rank, in] act on the input channels at each tap, and b1 [out, rank] and b2
 * [rank, in, kernel sizes] are a LoRA.
 *
 * <p>Files of LyCORIS before 3.0 have the names of each pair exchanged; the shapes tell.
 */
@Extension(
    point = AdapterMethod.class,
    name = GloraMethod.NAME,
    help = "GLoRA of LyCORIS: a LoRA, and one on the input channels")
public final class GloraMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "glora";

  private static final String A1 = "a1.weight";
  private static final String A2 = "a2.weight";
  private static final String B1 = "b1.weight";
  private static final String B2 = "b2.weight";
  private static final String CORE = "bm.weight";
  private static final String SCALE = "scale";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(A1, A2, B1, B2, CORE, ALPHA, Alpha.SCALE, Alpha.SCALAR);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(A1) || tensors.has(B1);
  }

  @Override
  public Factors read(SiteTensors in) {
    boolean current = fits(in, A1, A2, B1, B2);
    boolean old = fits(in, A2, A1, B2, B1);
    if (current && old) {
      throw in.wrong(
          A1,
          "of a rank other than the size of the layer; with this one, the two layouts that GLoRA"
              + " has look the same");
    }
    Map<String, HostTensor> tensors = new TreeMap<>();
    long rank = old ? read(in, A2, A1, B2, B1, tensors) : read(in, A1, A2, B1, B2, tensors);
    Alpha.readScalar(in, tensors);
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  /** Returns true if the first of each pair is tall and the second is wide. */
  private static boolean fits(SiteTensors in, String a1, String a2, String b1, String b2) {
    Site site = in.site();
    long rank = in.size(a2, 0);
    return in.size(a1, 0) == site.in()
        && in.size(a1, 1) == rank
        && in.size(a2, 1) == site.in()
        && in.size(b1, 0) == site.out()
        && in.size(b1, 1) == rank
        && in.size(b2, 0) == rank;
  }

  private static long read(
      SiteTensors in, String a1, String a2, String b1, String b2, Map<String, HostTensor> tensors) {
    Site site = in.site();
    long rank = in.size(a2, 0);
    tensors.put(A1, in.tensor(a1, Shape.of(site.in(), rank)));
    tensors.put(A2, in.tensor(a2, Shape.of(rank, site.in())));
    if (site.groups() > 1) {
      throw in.wrong(a1, "absent, as GLoRA does not know groups");
    }
    tensors.put(B1, in.tensor(b1, Shape.of(site.out(), rank)));
    if (in.has(CORE)) {
      if (!site.convolution()) {
        throw in.wrong(CORE, "absent, as only convolutions have a Tucker core");
      }
      tensors.put(CORE, in.tensor(CORE, site.weight().with(0, rank).with(1, rank)));
      tensors.put(B2, in.tensor(b2, Shape.of(rank, site.in())));
    } else {
      tensors.put(B2, in.tensor(b2, LowRank.down(site, rank)));
    }
    return rank;
  }

  /** Takes the rows of the left factor of the addition; the other factors have none. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.computeIfPresent(B1, (role, t) -> share.of(t));
    return new Factors(NAME, tensors, factors.settings());
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    SortedMap<String, HostTensor> tensors = TransformMethod.super.write(factors);
    Shape b2 = factors.tensor(B2).shape();
    long[] ones = b2.rank() > 2 ? b2.sizes() : new long[] {1, 1};
    for (String role : Set.of(A1, A2, B1)) {
      HostTensor matrix = factors.tensor(role);
      long[] sizes = new long[ones.length];
      Arrays.fill(sizes, 1);
      sizes[0] = matrix.shape().size(0);
      sizes[1] = matrix.shape().size(1);
      tensors.put(role, matrix.reshape(Shape.of(sizes)));
    }
    return tensors;
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors
        .open(A1, 1)
        .open(A2, 0)
        .open(B1, 1)
        .open(B2, 0)
        .open(CORE, 0)
        .open(CORE, 1)
        .without(ALPHA);
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(A2).size(0));
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    double scale = factors.number(ALPHA) / factors.shape(A2).size(0);
    return new TreeMap<>(Map.of(SCALE, scale));
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr b2 = factors.get(B2);
    Expr down = factors.find(CORE).map(t -> LayerMath.contract(t, b2)).orElse(b2);
    Expr added = new LowRank(down, factors.get(B1)).product(site);
    Expr turned = LayerMath.contract(LayerMath.contract(weight, factors.get(A1)), factors.get(A2));
    Expr change = Alpha.scaled(factors, added.add(turned)).mul(factors.number(SCALE));
    return weight.add(change.mul(strength));
  }
}
