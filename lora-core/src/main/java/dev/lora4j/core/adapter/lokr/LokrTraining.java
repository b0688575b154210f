package dev.lora4j.core.adapter.lokr;

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
import dev.lora4j.core.nn.SiteLayer;
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
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Training of LoKr on linear layers and convolutions, divided and begun as in LyCORIS: the second
 * part is factored where the rank is below half of its larger side, the first only if both shall
 * be; the last factor of the second part is 0.
 *
 * @param factor the size that the first part shall have, -1 for the most even division
 * @param fullMatrix whether both parts stay whole, whatever the rank
 * @param decomposeBoth whether the first part may be factored too
 * @param tucker whether a factored second part has a Tucker core at convolutions larger than one
 *     point
 */
@Extension(
    point = TrainableMethod.class,
    name = LokrMethod.NAME,
    help = "LoKr, as LyCORIS divides and begins it")
public record LokrTraining(
    @Setting(
            help = "Size of the first part; -1 for the most even division",
            defaultValue = "-1",
            min = -1)
        int factor,
    @Setting(help = "Both parts stay whole, whatever the rank", defaultValue = "false")
        boolean fullMatrix,
    @Setting(help = "The first part may be factored too", defaultValue = "false")
        boolean decomposeBoth,
    @Setting(
            name = "use_tucker",
            help = "Tucker cores at convolutions larger than one point",
            defaultValue = "false")
        boolean tucker)
    implements DenseTraining, ProductTraining {
  /** Checks the factor. */
  public LokrTraining {
    if (factor != -1 && factor < 1) {
      throw new IllegalArgumentException(
          "LoKr's factor is -1 or at least 1, found " + factor + ".");
    }
  }

  /** Without Tucker cores. */
  public LokrTraining(int factor, boolean fullMatrix, boolean decomposeBoth) {
    this(factor, fullMatrix, decomposeBoth, false);
  }

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
    LokrFactorization divided = divided(site, recipe);
    long rank = recipe.rank();
    List<TrainedTensor> tensors = new ArrayList<>();
    TensorInit random = new TensorInit.Kaiming();
    if (divided.firstFactored()) {
      Shape left = Shape.of(divided.rows(), rank);
      Shape right = Shape.of(rank, divided.columns());
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W1_A, left, 1, random));
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W1_B, right, 0, random));
    } else {
      Shape whole = Shape.of(divided.rows(), divided.columns());
      tensors.add(TrainedTensor.of(KroneckerFactors.W1, whole, random));
    }
    Shape second = site.weight().with(0, divided.innerRows()).with(1, divided.innerColumns());
    if (divided.secondFactored() && tucker && site.kernel()) {
      Shape core = second.with(0, rank).with(1, rank);
      Shape left = Shape.of(rank, divided.innerRows());
      Shape right = Shape.of(rank, divided.innerColumns());
      tensors.add(TrainedTensor.core(KroneckerFactors.T2, core, random));
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W2_A, left, 0, random));
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W2_B, right, 0, TensorInit.ZEROS));
    } else if (divided.secondFactored()) {
      Shape left = Shape.of(divided.innerRows(), rank);
      Shape right = Shape.of(rank, second.elements() / divided.innerRows());
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W2_A, left, 1, random));
      tensors.add(TrainedTensor.ranked(KroneckerFactors.W2_B, right, 0, TensorInit.ZEROS));
    } else {
      tensors.add(TrainedTensor.of(KroneckerFactors.W2, second, TensorInit.ZEROS));
    }
    return tensors;
  }

  private LokrFactorization divided(Site site, SiteRecipe recipe) {
    return LokrFactorization.of(site, factor, recipe.rank(), fullMatrix, decomposeBoth);
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    SortedMap<String, String> arguments = DenseTraining.super.lycorisArguments();
    arguments.put("factor", Integer.toString(factor));
    if (fullMatrix) {
      arguments.put("full_matrix", "True");
    }
    if (decomposeBoth) {
      arguments.put("decompose_both", "True");
    }
    if (tucker) {
      arguments.put("use_tucker", "True");
    }
    return arguments;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return divided(site, recipe).factored() ? recipe.scale() : 1;
  }

  @Override
  public Expr whole(Site site, TrainedFactors factors) {
    return Methods.additive(name()).delta(site, factors.staged(name()));
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return KroneckerFactors.norm(factors.staged(name()));
  }

  /** Unmerged, at a linear layer: the product needs not be formed. */
  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    if (site.kind() != Site.Kind.LINEAR) {
      return DenseTraining.super.unmerged(site, x, factors);
    }
    Expr y =
        KroneckerFactors.linear(factors.dropout().input(x), factors.in(x.dtype()).staged(name()));
    Expr scale = factors.scale().to(x.dtype()).reshape(new long[0]);
    return factors.dropout().outputs(site, y.mul(scale));
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    return layer.site().kind() == Site.Kind.LINEAR
        ? layer.output(x).add(unmerged(layer.site(), x, factors.moduleKept()))
        : DenseTraining.super.apply(layer, x, factors);
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    Map<String, String> settings = new TreeMap<>();
    if (divided(site, recipe).factored()) {
      double alpha = recipe.storedAlpha(recipe.rank());
      settings.put(AdapterMethod.ALPHA, Double.toString((float) alpha));
    }
    return List.of(Factors.of(name(), values, settings));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors parts = found.get(0);
    if (found.size() > 1 || !parts.method().equals(name())) {
      return Optional.empty();
    }
    // Whole parts are of no rank, and are those of any that is large enough.
    long rank =
        Stream.of(KroneckerFactors.W1_B, KroneckerFactors.W2_B)
            .flatMap(role -> Optional.ofNullable(parts.tensors().get(role)).stream())
            .mapToLong(t -> t.shape().size(0))
            .findFirst()
            .orElse(Math.max(site.out(), site.rest()));
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(parts, rank), parts.tensors()));
  }

  @Override
  public String canonical() {
    CanonicalForm form =
        CanonicalForm.of("LokrTraining")
            .with("factor", factor)
            .with("fullMatrix", fullMatrix)
            .with("decomposeBoth", decomposeBoth);
    return (tucker ? form.with("tucker", true) : form).text();
  }
}
