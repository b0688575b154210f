package dev.lora4j.core.adapter.loha;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.DenseTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Training of LoHa on linear layers and convolutions, which begins as in LyCORIS: the first factor
 * of the second half is 0, the others are normal.
 *
 * @param tucker whether each half has a Tucker core at convolutions larger than one point
 */
@Extension(
    point = TrainableMethod.class,
    name = LohaMethod.NAME,
    help = "LoHa, as LyCORIS begins it")
public record LohaTraining(
    @Setting(
            name = "use_tucker",
            help = "Tucker cores at convolutions larger than one point",
            defaultValue = "false")
        boolean tucker)
    implements DenseTraining, ProductTraining {
  private static final double CORE = 0.1;
  private static final double LEFT = 0.1;
  private static final double RIGHT = 1;

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.RANK, DropoutKind.MODULE);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    long rank = recipe.rank();
    if (tucker && site.kernel()) {
      List<TrainedTensor> tensors = new ArrayList<>();
      HadamardFactor.BOTH.forEach(half -> tensors.addAll(cored(site, rank, half)));
      return List.copyOf(tensors);
    }
    Shape left = Shape.of(site.out(), rank);
    Shape right = Shape.of(rank, site.rest());
    HadamardFactor one = HadamardFactor.BOTH.get(0);
    HadamardFactor two = HadamardFactor.BOTH.get(1);
    return List.of(
        TrainedTensor.ranked(one.left(), left, 1, new TensorInit.Normal(LEFT)),
        TrainedTensor.ranked(one.right(), right, 0, new TensorInit.Normal(RIGHT)),
        TrainedTensor.ranked(two.left(), left, 1, TensorInit.ZEROS),
        TrainedTensor.ranked(two.right(), right, 0, new TensorInit.Normal(RIGHT)));
  }

  /** The tensors of a half with a core. */
  private static List<TrainedTensor> cored(Site site, long rank, HadamardFactor half) {
    boolean first = half.equals(HadamardFactor.BOTH.get(0));
    Shape core = site.weight().with(0, rank).with(1, rank);
    return List.of(
        TrainedTensor.core(half.core(), core, new TensorInit.Normal(CORE)),
        TrainedTensor.ranked(
            half.left(),
            Shape.of(rank, site.out()),
            0,
            first ? new TensorInit.Normal(LEFT) : TensorInit.ZEROS),
        TrainedTensor.ranked(
            half.right(), Shape.of(rank, site.in()), 0, new TensorInit.Normal(RIGHT)));
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    SortedMap<String, String> arguments = DenseTraining.super.lycorisArguments();
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
  public Expr whole(Site site, TrainedFactors factors) {
    return Methods.additive(name()).delta(site, factors.staged(name()));
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return whole(site, factors).norm();
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    String alpha = Double.toString((float) recipe.storedAlpha(recipe.rank()));
    return List.of(Factors.of(name(), values, Map.of(AdapterMethod.ALPHA, alpha)));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors halves = found.get(0);
    if (found.size() > 1 || !halves.method().equals(name())) {
      return Optional.empty();
    }
    long rank = halves.tensor(HadamardFactor.BOTH.get(0).right()).shape().size(0);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(halves, rank), halves.tensors()));
  }

  @Override
  public String canonical() {
    CanonicalForm form = CanonicalForm.of("LohaTraining");
    return (tucker ? form.with("tucker", true) : form).text();
  }
}
