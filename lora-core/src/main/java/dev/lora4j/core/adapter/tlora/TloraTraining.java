package dev.lora4j.core.adapter.tlora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Training of T-LoRA (Soboleva et al. 2025) on linear layers and convolutions, for pictures: few
 * directions count where there is much noise, and all near the picture ({@link TimestepRank}). It
 * begins with singular directions of the weight, whose product is taken away again. Validation uses
 * all directions, as the adapter does.
 *
 * @param least directions for noise alone
 * @param power above 1 leaves more directions to the last timesteps
 * @param choice which directions it begins with
 * @param form what the adapter is stored as
 */
@Extension(
    point = TrainableMethod.class,
    name = TloraMethod.NAME,
    help = "T-LoRA: the noisier a picture is, the fewer directions learn")
public record TloraTraining(
    @Setting(
            name = "min_rank",
            help = "Directions that learn from noise alone",
            defaultValue = "1",
            min = 1)
        int least,
    @Setting(
            name = "alpha_rank_scale",
            help = "Exponent; above 1 leaves more directions to the last timesteps",
            defaultValue = "1",
            above = 0)
        double power,
    @Setting(
            name = "sig_type",
            help = "Singular directions of the weight that it begins with",
            defaultValue = "principal")
        SingularChoice choice,
    @Setting(
            help = "Form of the file: a LoRA of twice the rank, or LyCORIS's own, in F32",
            defaultValue = "lora")
        StoredForm form)
    implements TrainableMethod {
  /** Entry of a header with the settings. */
  public static final String SETTINGS = "lora4j_tlora";

  private static final String Q = TloraMethod.Q;
  private static final String P = TloraMethod.P;
  private static final String LAMBDA = TloraMethod.LAMBDA;

  /**
   * Checks that the form holds the directions.
   *
   * @throws IllegalArgumentException if it does not
   */
  public TloraTraining {
    if (form == StoredForm.TLORA && choice != SingularChoice.PRINCIPAL) {
      throw new IllegalArgumentException(
          "LyCORIS takes the greatest singular directions away from every T-LoRA that it reads, so"
              + " sig_type = "
              + choice.name().toLowerCase(Locale.ROOT)
              + " cannot be stored as tlora; take form = lora.");
    }
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public boolean followsDenoising() {
    return true;
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    requireForm(site, recipe);
    long rank = recipe.rank();
    if (rank < least) {
      throw new IllegalArgumentException(
          "T-LoRA trains min_rank directions at least, which is "
              + least
              + ", and the rank is "
              + rank
              + "; give a rank that is not below min_rank");
    }
    recipe.requireDirections(site, "T-LoRA takes singular directions of the weight");
    Function<Expr, List<Expr>> values = weight -> values(site, rank, weight);
    return List.of(
        TrainedTensor.ranked(Q, LowRank.down(site, rank), 0, new TensorInit.OfWeight(values, 0))
            .anchor(),
        TrainedTensor.ranked(P, LowRank.up(site, rank), 1, new TensorInit.OfWeight(values, 1))
            .anchor(),
        TrainedTensor.ranked(LAMBDA, Shape.of(1, rank), 1, new TensorInit.OfWeight(values, 2))
            .anchor());
  }

  private void requireForm(Site site, SiteRecipe recipe) {
    if (form == StoredForm.LORA) {
      return;
    }
    if (!TloraMethod.fits(site)) {
      throw new IllegalArgumentException(
          "LyCORIS's T-LoRA holds linear layers and convolutions of one point, and "
              + site.name()
              + " "
              + site.weight()
              + " is neither; take form = lora, or targets = [\"attention-feed-forward\"]");
    }
    if (recipe.rankStabilised()) {
      throw new IllegalArgumentException(
          "LyCORIS's T-LoRA has the scale alpha / rank; take rslora away, or form = lora.");
    }
  }

  private List<Expr> values(Site site, long rank, Expr weight) {
    LinalgOps.Svd svd = weight.to(DType.F64).reshape(site.out(), site.rest()).svd();
    long from = choice.first(rank, Math.min(site.out(), site.rest()));
    long to = from + rank;
    return List.of(
        svd.vh().slice(0, from, to).reshape(LowRank.down(site, rank).sizes()).to(DType.F32),
        svd.u().slice(1, from, to).reshape(LowRank.up(site, rank).sizes()).to(DType.F32),
        svd.values().slice(0, from, to).reshape(1, rank).to(DType.F32));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return recipe.scale();
  }

  /**
   * The trained product without the first one, as two small changes: a difference of large terms
   * would be rounded away in half precision.
   */
  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    TrainedFactors kept = factors.moduleKept();
    Expr q = kept.get(Q);
    Expr q0 = kept.get(TrainedTensor.anchor(Q));
    Expr p = sized(kept.get(P), kept.get(LAMBDA));
    Expr p0 = sized(kept.get(TrainedTensor.anchor(P)), kept.get(TrainedTensor.anchor(LAMBDA)));
    LowRank change =
        new LowRank(q.sub(q0).cat(0, q0).to(x.dtype()), p.cat(1, p.sub(p0)).to(x.dtype()));
    Expr input = factors.dropout().input(x);
    Expr scale = kept.scale();
    Expr mix =
        kept.progress()
            .map(way -> new TimestepRank(least, power).mask(q.dim(0), way).to(scale.dtype()))
            .map(mask -> mask.cat(1, mask).mul(scale))
            .orElse(scale)
            .to(x.dtype());
    return layer.output(x).add(change.unmerged(site, input, inner -> mixed(site, inner, mix)));
  }

  /**
   * Directions times a factor of each sample.
   *
   * @param inner [batch, ..., 2 rank], or [batch, 2 rank, sizes] of a convolution
   * @param mix [1, 1] or [samples, 2 rank]
   */
  private static Expr mixed(Site site, Expr inner, Expr mix) {
    if (site.convolution()) {
      return inner.mul(LayerMath.perChannel(site, mix, inner));
    }
    // A sample may have several rows, one after the other: those of the chunks of its caption.
    return inner
        .reshape(mix.dim(0), Dim.of(-1), inner.dim(-1))
        .mul(mix.unsqueeze(1))
        .reshape(Dim.all(inner));
  }

  /** P with the size of each direction in its column. */
  private static Expr sized(Expr p, Expr lambda) {
    long[] sizes = new long[p.shape().rank()];
    Arrays.fill(sizes, 1);
    sizes[1] = -1;
    return p.mul(lambda.reshape(sizes));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    if (form == StoredForm.LORA) {
      return List.of(
          LoraMath.difference(
              of(values, Q),
              of(values, TrainedTensor.anchor(Q)),
              sized(of(values, P), of(values, LAMBDA)),
              sized(of(values, TrainedTensor.anchor(P)), of(values, TrainedTensor.anchor(LAMBDA))),
              recipe.storedAlpha(storedRank(recipe))));
    }
    Map<String, HostTensor> tensors = new TreeMap<>();
    for (String part : List.of(Q, P, LAMBDA)) {
      tensors.put(part, of(values, part));
    }
    String alpha = Double.toString((float) recipe.storedAlpha(storedRank(recipe)));
    return List.of(Factors.of(TloraMethod.NAME, tensors, Map.of(AdapterMethod.ALPHA, alpha)));
  }

  private static HostTensor of(Map<String, HostTensor> values, String part) {
    return Objects.requireNonNull(values.get(part), part);
  }

  private static HostTensor sized(HostTensor p, HostTensor lambda) {
    double[] values = p.doubles();
    double[] sizes = lambda.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] *= sizes[i % sizes.length];
    }
    return HostTensor.of(p.dtype(), p.shape(), values);
  }

  @Override
  public long storedRank(SiteRecipe recipe) {
    return form == StoredForm.LORA ? 2 * recipe.rank() : recipe.rank();
  }

  /**
   * In its own form what rounding takes would not be small beside the change, as readers take the
   * first product away in full precision.
   */
  @Override
  public Set<String> unrounded() {
    return form == StoredForm.TLORA ? Set.of(Q, P, LAMBDA) : Set.of();
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    return new TreeMap<>(Map.of("algo", form == StoredForm.LORA ? "locon" : TloraMethod.NAME));
  }

  @Override
  public SortedMap<String, String> headerEntries() {
    String settings =
        "min_rank=%d,alpha_rank_scale=%s,sig_type=%s"
            .formatted(least, power, choice.name().toLowerCase(Locale.ROOT));
    return new TreeMap<>(Map.of(SETTINGS, settings));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    throw new IllegalArgumentException(
        "T-LoRA begins with singular directions of the base's weight, and with no other adapter; "
            + "train a LoRA further by the method lora");
  }
}
