package dev.lora4j.core.adapter.tlora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * T-LoRA as LyCORIS stores it, on linear layers and convolutions of one point: {@code W + strength
 * * alpha / rank * (P diag(lambda) Q - W_rank)}, where {@code W_rank} has the greatest singular
 * directions of W, which training began with. All directions count at every timestep.
 */
@Extension(
    point = AdapterMethod.class,
    name = TloraMethod.NAME,
    help = "T-LoRA of LyCORIS: a LoRA whose rank depends on the timestep in training")
public final class TloraMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "tlora";

  /** Role of Q [rank, in], which the input meets first. */
  public static final String Q = "q_layer.weight";

  /** Role of P [out, rank]. */
  public static final String P = "p_layer.weight";

  /** Role of the sizes of directions, [1, rank]. */
  public static final String LAMBDA = "lambda_layer";

  private static final String SCALE = "scale";
  private static final String RANK = "rank";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(Q, P, LAMBDA, ALPHA);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(LAMBDA);
  }

  /** Returns true if LyCORIS's form fits a layer: it fits no kernel of more than one point. */
  static boolean fits(Site site) {
    return site.groups() == 1 && site.rest() == site.in();
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long rank = in.size(Q, 0);
    if (!fits(site)) {
      throw in.wrong(
          Q, "absent, as LyCORIS's T-LoRA fits no groups and no kernels of more than one point");
    }
    Map<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(Q, in.tensor(Q, LowRank.down(site, rank)));
    tensors.put(P, in.tensor(P, LowRank.up(site, rank)));
    tensors.put(LAMBDA, in.tensor(LAMBDA, Shape.of(1, rank)));
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(Q).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(Q, 0).open(P, 1).open(LAMBDA, 1).without(ALPHA);
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    double rank = factors.shape(Q).size(0);
    return new TreeMap<>(Map.of(SCALE, factors.number(ALPHA) / rank, RANK, rank));
  }

  /** It takes the directions of the weight away that it finds, whoever made them. */
  @Override
  public boolean overrides(FactorStructure earlier) {
    return true;
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr whole = weight.to(DType.F64).reshape(site.out(), site.in());
    Expr begun = greatest(site, whole, factors.number(RANK).to(DType.F64));
    Expr p = flat(factors.get(P)).to(DType.F64).mul(factors.get(LAMBDA).to(DType.F64));
    Expr trained = p.matmul(flat(factors.get(Q)).to(DType.F64));
    Expr change = trained.sub(begun).to(weight.dtype()).mul(factors.number(SCALE));
    return weight.add(change.reshape(site.weight().sizes()).mul(strength));
  }

  /**
   * The weight's part in its greatest singular directions: its projection on the eigenvectors of
   * its product with itself, of which the smaller is taken.
   */
  private static Expr greatest(Site site, Expr weight, Expr rank) {
    boolean wide = site.out() <= site.in();
    Expr turned = weight.transpose(0, 1);
    LinalgOps.Eigen found = (wide ? weight.matmul(turned) : turned.matmul(weight)).eigh();
    long count = Math.min(site.out(), site.in());
    Expr numbers = Constants.arange(weight.graph(), DType.F64, Dim.of(count));
    Expr counts = numbers.add(rank).ge((double) count).to(DType.F64).unsqueeze(0);
    Expr vectors = found.vectors().mul(counts);
    Expr onto = vectors.matmul(vectors.transpose(0, 1));
    return wide ? onto.matmul(weight) : weight.matmul(onto);
  }

  private static Expr flat(Expr factor) {
    return factor.reshape(factor.dim(0), factor.dim(1));
  }
}
