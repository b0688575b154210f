package dev.lora4j.core.adapter.randlora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.ProjectionSeed;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * RandLoRA (Albert et al. 2025) on linear layers: with {@code n = ceil(min(in, out) / rank)} the
 * product of {@code randlora_B} as [max(in, out), n rank] and of {@code randlora_lambda} [rank, n]
 * times {@code randlora_A} [rank, 1, min(in, out)] times {@code randlora_gamma} [n, min(in, out)],
 * element by element, as [rank n, min(in, out)]; transposed if there are more inputs than outputs.
 * Files have {@code randlora_A} and {@code randlora_B} once for all layers. Scale {@code alpha /
 * rank}.
 */
@Extension(
    point = AdapterMethod.class,
    name = RandloraMethod.NAME,
    help = "RandLoRA: weighted sums of drawn products, of full rank")
public final class RandloraMethod implements AdditiveMethod, SharingMethod {
  /** Its name. */
  public static final String NAME = "randlora";

  /** Role of the drawn matrix on the smaller side of layers. */
  public static final String A = "randlora_A";

  /** Role of the drawn matrices on the larger side of layers. */
  public static final String B = "randlora_B";

  /** Role of the weights of each product's directions. */
  public static final String DIRECTIONS = "randlora_lambda";

  /** Role of the weights of the smaller side. */
  public static final String SIDE = "randlora_gamma";

  /** PEFT's field of matrices of -1, 0 and 1. */
  public static final String SPARSE = "sparse";

  /** PEFT's field of such matrices with more 0. */
  public static final String VERY_SPARSE = "very_sparse";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(A, B, DIRECTIONS, SIDE, ALPHA);
  }

  @Override
  public Set<String> shared() {
    return Set.of(A, B);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(DIRECTIONS) && tensors.has(SIDE);
  }

  @Override
  public Factors read(SiteTensors in) {
    long smaller = Math.min(in.site().in(), in.site().out());
    long larger = Math.max(in.site().in(), in.site().out());
    long rank = in.size(DIRECTIONS, 0);
    long bases = in.size(DIRECTIONS, 1);
    if (bases != bases(smaller, rank)) {
      throw in.wrong(
          DIRECTIONS, "[rank, n] with a product of at least " + smaller + ", and no more n");
    }
    if (in.size(A, 0) != rank) {
      throw in.wrong(A, "[" + rank + ", 1, at least " + smaller + "]");
    }
    if (in.size(B, 2) != rank) {
      throw in.wrong(B, "[at least " + larger + ", at least " + bases + ", " + rank + "]");
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(DIRECTIONS, in.tensor(DIRECTIONS, Shape.of(rank, bases)));
    tensors.put(SIDE, in.tensor(SIDE, Shape.of(bases, smaller)));
    tensors.put(A, in.corner(A, Shape.of(rank, 1, smaller)));
    tensors.put(B, in.corner(B, Shape.of(larger, bases, rank)));
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  /** Number of products that reach the full rank. */
  static long bases(long smaller, long rank) {
    return (smaller + rank - 1) / rank;
  }

  @Override
  public SortedMap<String, HostTensor> drawn(List<SiteTensors> layers) {
    SiteTensors first = layers.get(0);
    return ProjectionSeed.generator(first)
        .map(random -> RandloraDraw.of(random, first, layers))
        .orElseGet(TreeMap::new);
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(DIRECTIONS).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.without(ALPHA);
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / factors.shape(DIRECTIONS).size(0);
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    Expr side = factors.get(SIDE);
    long columns = side.shape().size(1);
    // PEFT pairs rows by rank and product with columns by product and rank; the order is its own.
    Expr rows =
        factors
            .get(DIRECTIONS)
            .unsqueeze(-1)
            .mul(factors.get(A))
            .mul(side.unsqueeze(0))
            .reshape(-1, columns);
    Expr change = factors.get(B).reshape(Math.max(site.in(), site.out()), -1).matmul(rows);
    return site.in() <= site.out() ? change : change.transpose(0, 1);
  }
}
