package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.Begun;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.Start;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of a layer's own weight and bias, which begin as the base's and are stored as they end,
 * as {@link ReplacedMethod} has them: PEFT's {@code modules_to_save}. Unlike {@link FullTraining}
 * it trains no change, so that decay draws the values themselves to 0. Nothing is left out by
 * chance.
 */
public record WholeTraining() implements TrainableMethod {
  @Override
  public String name() {
    return ReplacedMethod.NAME;
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
    Start weight = new Start.OfWeight(List::of, 0);
    tensors.add(TrainedTensor.of(ReplacedMethod.WEIGHT, site.weight(), weight));
    if (site.bias()) {
      Shape shape = Shape.of(site.out());
      tensors.add(TrainedTensor.of(ReplacedMethod.BIAS, shape, new Start.OfBias()));
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
    return layer.output(
        x,
        factors.get(ReplacedMethod.WEIGHT, type),
        layer.bias().map(b -> factors.get(ReplacedMethod.BIAS, b.dtype())));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(ReplacedMethod.NAME, values, Map.of()));
  }

  @Override
  public Optional<Begun> begun(Site site, List<Factors> found) {
    Factors whole = found.get(0);
    return found.size() == 1 && whole.method().equals(ReplacedMethod.NAME)
        ? Optional.of(Begun.of(SiteRecipe.of(whole, 1), whole.tensors()))
        : Optional.empty();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("WholeTraining").text();
  }
}
