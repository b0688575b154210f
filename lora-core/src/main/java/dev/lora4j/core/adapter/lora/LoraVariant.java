package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Training of the two factors of a LoRA by a rule of its own: which of their elements learn, and
 * when. All that an implementation does not define is that of {@link LoraTraining}.
 */
public interface LoraVariant extends TrainableMethod {
  /** Training without such a rule. */
  LoraTraining LORA = new LoraTraining();

  @Override
  default Set<Site.Kind> kinds() {
    return LORA.kinds();
  }

  @Override
  default Set<DropoutKind> dropouts() {
    return LORA.dropouts();
  }

  /** Those whose product is 0, so that the factors are stored as they are trained. */
  @Override
  default Set<FactorInit> starts() {
    return EnumSet.of(FactorInit.KAIMING, FactorInit.GAUSSIAN, FactorInit.ORTHOGONAL);
  }

  @Override
  default List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    return LORA.tensors(site, recipe);
  }

  @Override
  default double scale(Site site, SiteRecipe recipe) {
    return LORA.scale(site, recipe);
  }

  @Override
  default Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    return LORA.apply(layer, x, factors);
  }

  @Override
  default List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return LORA.factors(site, recipe, values);
  }

  @Override
  default SortedMap<String, String> lycorisArguments() {
    return LORA.lycorisArguments();
  }

  @Override
  default Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return LORA.warmStart(site, found);
  }
}
