package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of a layer's own weight and bias, which begin as the base's and are stored as they end,
 * as {@link ModulesToSaveMethod} has them: PEFT's {@code modules_to_save}. Unlike {@link
 * FullTraining} it trains no change, so that decay draws the values themselves to 0. Nothing is
 * left out by chance.
 */
public record ModulesToSaveTraining() implements AveragedTraining {
  @Override
  public String name() {
    return ModulesToSaveMethod.NAME;
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
    return Set.of();
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    List<TrainedTensor> tensors = new ArrayList<>();
    TensorInit weight = new TensorInit.OfWeight(List::of, 0);
    tensors.add(TrainedTensor.of(ModulesToSaveMethod.WEIGHT, site.weight(), weight));
    if (site.bias()) {
      Shape shape = Shape.of(site.out());
      tensors.add(TrainedTensor.of(ModulesToSaveMethod.BIAS, shape, new TensorInit.OfBias()));
    }
    return tensors;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    DType type = layer.weight().dtype();
    SiteLayer whole = layer.withWeight(factors.get(ModulesToSaveMethod.WEIGHT, type));
    Optional<Expr> bias = layer.bias().map(b -> factors.get(ModulesToSaveMethod.BIAS, b.dtype()));
    return bias.map(whole::withBias).orElse(whole).output(x);
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(ModulesToSaveMethod.NAME, values, Map.of()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors whole = found.get(0);
    return found.size() == 1 && whole.method().equals(ModulesToSaveMethod.NAME)
        ? Optional.of(WarmStartFactors.of(SiteRecipe.of(whole, 1), whole.tensors()))
        : Optional.empty();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("WholeTraining").text();
  }
}
