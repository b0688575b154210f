package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of LoRA on linear layers and of LoCon on convolutions: {@code down} [rank, in, ...] and
 * {@code up} [out, rank, ...], unmerged.
 *
 * @param tucker whether convolutions larger than one point have a Tucker core {@code mid} [rank,
 *     rank, ...] and a {@code down} of one point
 */
@Extension(
    point = TrainableMethod.class,
    name = LoraMethod.NAME,
    help = "LoRA; LoCon on convolutions")
public record LoraTraining(
    @Setting(
            name = "use_tucker",
            help = "Tucker cores at convolutions larger than one point",
            defaultValue = "false")
        boolean tucker)
    implements AdditiveTraining, ProductTraining, AveragedTraining {
  /** Part that the input meets first. */
  public static final String DOWN = "down";

  /** Part of the output side. */
  public static final String UP = "up";

  /** Tucker core between them. */
  public static final String MID = "mid";

  /** Those whose first product is not 0, and no change of the base. */
  private static final Set<FactorInit> ANCHORED =
      Collections.unmodifiableSet(
          EnumSet.of(FactorInit.PISSA, FactorInit.OLORA, FactorInit.LORA_GA, FactorInit.CORDA));

  /** Those that convolutions do not have. */
  private static final Set<FactorInit> OF_LINEAR =
      Collections.unmodifiableSet(EnumSet.of(FactorInit.OLORA, FactorInit.CORDA));

  /** Without Tucker cores. */
  public LoraTraining() {
    this(false);
  }

  @Override
  public Optional<ChangeForm> form(Set<String> parts) {
    if (parts.size() == 1) {
      return Optional.of(ChangeForm.LINEAR);
    }
    return parts.contains(MID) ? Optional.empty() : Optional.of(new ChangeForm.Product(DOWN, UP));
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.allOf(DropoutKind.class);
  }

  @Override
  public Set<FactorInit> starts() {
    return EnumSet.allOf(FactorInit.class);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    if (cored(site)) {
      return cored(site, recipe);
    }
    requireLinear(site, recipe.start());
    List<TensorInit> starts =
        switch (recipe.start()) {
          // Calibration puts other values in the place of those of EVA.
          case KAIMING, EVA -> List.of(new TensorInit.Kaiming(), TensorInit.ZEROS);
          case GAUSSIAN -> List.of(new TensorInit.Normal(1.0 / recipe.rank()), TensorInit.ZEROS);
          case ORTHOGONAL -> List.of(new TensorInit.Orthogonal(), TensorInit.ZEROS);
          case PISSA -> PissaInit.of(site, recipe);
          case OLORA -> OloraInit.of(site, recipe);
          case LOFTQ -> PissaInit.ofRounding(site, recipe);
          case LORA_GA -> LoraGaInit.of(site, recipe);
          case CORDA -> CordaInit.of(site, recipe);
        };
    long rank = recipe.rank();
    TrainedTensor down = TrainedTensor.ranked(DOWN, LowRank.down(site, rank), 0, starts.get(0));
    TrainedTensor up = TrainedTensor.ranked(UP, LowRank.up(site, rank), 1, starts.get(1));
    return ANCHORED.contains(recipe.start())
        ? List.of(down.anchor(), up.anchor())
        : List.of(down, up);
  }

  private static void requireLinear(Site site, FactorInit start) {
    if (OF_LINEAR.contains(start) && site.kind() != Site.Kind.LINEAR) {
      throw new IllegalArgumentException(
          "init = "
              + start
              + " is for linear layers, and "
              + site.name()
              + " "
              + site.weight()
              + " is a convolution; train linear layers alone, for example those of the preset"
              + " attention, or take init = pissa, which is for convolutions too");
    }
  }

  @Override
  public long storedRank(SiteRecipe recipe) {
    return ANCHORED.contains(recipe.start()) ? 2 * recipe.rank() : recipe.rank();
  }

  private boolean cored(Site site) {
    return tucker && site.kernel();
  }

  private static List<TrainedTensor> cored(Site site, SiteRecipe recipe) {
    if (recipe.start() != FactorInit.KAIMING) {
      throw new IllegalArgumentException(
          "Tucker cores begin as in LyCORIS, and not as "
              + recipe.start()
              + ", at "
              + site.name()
              + "; take init kaiming, or use_tucker away");
    }
    long rank = recipe.rank();
    TensorInit random = new TensorInit.Kaiming();
    Shape core = site.weight().with(0, rank).with(1, rank);
    return List.of(
        TrainedTensor.ranked(DOWN, LowRank.point(site, rank, site.in()), 0, random),
        TrainedTensor.core(MID, core, random),
        TrainedTensor.ranked(UP, LowRank.up(site, rank), 1, TensorInit.ZEROS));
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    SortedMap<String, String> arguments = new TreeMap<>(Map.of("algo", "locon"));
    if (tucker) {
      arguments.put("use_tucker", "True");
    }
    return arguments;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return recipe.scale();
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    LowRank pair = pair(site, factors, factors.scale().dtype());
    return pair.product(site).mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr scale = factors.scale().to(x.dtype());
    return pair(site, factors, x.dtype())
        .unmerged(
            site,
            factors.dropout().input(x),
            inner ->
                factors
                    .dropout()
                    .directions(site, inner.mul(LayerMath.perChannel(site, scale, inner))));
  }

  /**
   * The root of trace((up' up) (down down')): products of each factor with itself, whose size is
   * the rank, so that no weight is ever formed.
   */
  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    LowRank pair = pair(site, factors, factors.get(UP).dtype());
    Expr down = pair.down();
    Expr up = pair.up();
    Expr rows = down.reshape(down.dim(0), Dim.of(-1));
    Expr columns = up.reshape(Dim.of(-1), down.dim(0));
    Expr inner = rows.matmul(rows.transpose(0, 1));
    // Squares that cancel may come out below 0 by rounding.
    return columns.transpose(0, 1).matmul(columns).mul(inner).sum().clampMin(0).sqrt();
  }

  /**
   * The factors, a core multiplied into the first; or where they are anchored those of the
   * difference to their first values.
   */
  private static LowRank pair(Site site, TrainedFactors factors, DType type) {
    Expr down = factors.get(DOWN);
    Expr up = factors.get(UP);
    if (factors.find(MID).isPresent()) {
      Expr mid = factors.get(MID).to(type);
      return new LowRank(LayerMath.contract(mid, LoraMath.flat(site, down.to(type))), up.to(type));
    }
    return factors
        .find(TrainedTensor.anchor(DOWN))
        .map(
            first -> {
              Expr before = factors.get(TrainedTensor.anchor(UP));
              return new LowRank(
                  down.sub(first).cat(0, first).to(type), up.cat(1, up.sub(before)).to(type));
            })
        .orElseGet(() -> new LowRank(down.to(type), up.to(type)));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    HostTensor down = values.get(DOWN);
    HostTensor up = values.get(UP);
    HostTensor first = values.get(TrainedTensor.anchor(DOWN));
    HostTensor before = values.get(TrainedTensor.anchor(UP));
    if (down == null || up == null) {
      throw new IllegalArgumentException("no factors of " + site.name() + " among " + values);
    }
    if (first != null && before != null) {
      return List.of(
          LoraMath.difference(down, first, up, before, recipe.storedAlpha(storedRank(recipe))));
    }
    double alpha = recipe.storedAlpha(recipe.rank());
    HostTensor mid = values.get(MID);
    return List.of(
        mid == null
            ? LoraMath.factors(down, up, alpha)
            : Factors.of(
                LoraMethod.NAME,
                Map.of(LoraMethod.DOWN, down, LoraMethod.MID, mid, LoraMethod.UP, up),
                Map.of(AdapterMethod.ALPHA, Double.toString((float) alpha))));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors pair = found.get(0);
    Set<String> roles =
        cored(site)
            ? Set.of(LoraMethod.DOWN, LoraMethod.MID, LoraMethod.UP)
            : Set.of(LoraMethod.DOWN, LoraMethod.UP);
    boolean trained =
        pair.method().equals(LoraMethod.NAME) && pair.tensors().keySet().equals(roles);
    if (found.size() > 1 || !trained) {
      return Optional.empty();
    }
    HostTensor down = pair.tensor(LoraMethod.DOWN);
    Map<String, HostTensor> values =
        new TreeMap<>(Map.of(DOWN, down, UP, pair.tensor(LoraMethod.UP)));
    if (cored(site)) {
      values.put(MID, pair.tensor(LoraMethod.MID));
    }
    SiteRecipe recipe = SiteRecipe.of(pair, down.shape().size(0));
    return Optional.of(WarmStartFactors.of(recipe, values));
  }

  @Override
  public String canonical() {
    CanonicalForm form = CanonicalForm.of("LoraTraining");
    return (tucker ? form.with("tucker", true) : form).text();
  }
}
