package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
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
import java.util.TreeMap;

/**
 * Training of whole weights and biases, as changes that begin at 0 and are stored whole. Also of
 * norms and embeddings. Rank and alpha are of no meaning.
 *
 * @param weight whether weights are trained
 * @param bias whether biases are trained, where there are any
 */
@Extension(point = TrainableMethod.class, name = "full", help = "Whole weights and biases")
public record FullTraining(
    @Setting(help = "Train weights", defaultValue = "true") boolean weight,
    @Setting(help = "Train biases, where there are any", defaultValue = "true") boolean bias)
    implements AveragedTraining {
  /** Part with the change of a weight. */
  public static final String DIFF = "diff";

  /** Part with the change of a bias. */
  public static final String DIFF_BIAS = "diff_b";

  /** Checks that anything is trained. */
  public FullTraining {
    if (!weight && !bias) {
      throw new IllegalArgumentException(
          "With weight false and bias false there is nothing to train; set one of them true.");
    }
  }

  @Override
  public Optional<ChangeForm> form(Set<String> parts) {
    return Optional.of(ChangeForm.LINEAR);
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.allOf(Site.Kind.class);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.MODULE);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    List<TrainedTensor> tensors = new ArrayList<>();
    if (weight) {
      tensors.add(TrainedTensor.of(DIFF, site.weight(), TensorInit.ZEROS));
    }
    if (bias && site.bias()) {
      tensors.add(TrainedTensor.of(DIFF_BIAS, Shape.of(site.out()), TensorInit.ZEROS));
    }
    return tensors;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  /**
   * Applies the change unmerged in half precision, where its sum with the weight would be rounded.
   */
  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    DType type = layer.weight().dtype();
    Optional<Expr> change = factors.find(DIFF).map(d -> factors.kept(d).to(type));
    Optional<Expr> shift = factors.find(DIFF_BIAS).map(d -> factors.kept(d).to(type));
    if (type == DType.F16 || type == DType.BF16) {
      Expr none = change.orElseGet(() -> layer.weight().mul(0));
      SiteLayer alone = layer.withWeight(none).linear();
      Expr y = layer.output(x);
      return y.add(shift.map(alone::withBias).orElseGet(alone::withoutBias).output(x));
    }
    SiteLayer changed = layer.withWeight(change.map(layer.weight()::add).orElse(layer.weight()));
    Optional<Expr> bias = layer.bias().map(b -> shift.map(b::add).orElse(b));
    return bias.map(changed::withBias).orElse(changed).output(x);
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    List<Factors> factors = new ArrayList<>();
    Optional.ofNullable(values.get(DIFF))
        .ifPresent(t -> factors.add(FullDelta.factors(site, LayerParameter.WEIGHT, t)));
    Optional.ofNullable(values.get(DIFF_BIAS))
        .ifPresent(t -> factors.add(FullDelta.factors(site, LayerParameter.BIAS, t)));
    return factors;
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Map<String, HostTensor> values = new TreeMap<>();
    for (Factors change : found) {
      if (weight && change.method().equals(DiffMethod.NAME)) {
        values.put(DIFF, change.tensor(DiffMethod.NAME));
      } else if (bias && change.method().equals(BiasMethod.NAME)) {
        values.put(DIFF_BIAS, change.tensor(BiasMethod.DIFF));
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(found.get(0), 1), values));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("FullTraining").with("weight", weight).with("bias", bias).text();
  }
}
