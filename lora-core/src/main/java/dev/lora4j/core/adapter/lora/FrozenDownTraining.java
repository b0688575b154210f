package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of LoRA's {@code up} factors alone, which begin at 0. The {@code down} factors stay as
 * they are. What is stored is a LoRA.
 */
interface FrozenDownTraining extends AdditiveTraining, ProductTraining, AveragedTraining {
  /** Training of both factors. */
  LoraTraining BOTH = new LoraTraining();

  /** The down factor of a layer, which no step changes. */
  HostTensor down(Site site, SiteRecipe recipe);

  @Override
  default Optional<ChangeForm> form(Set<String> parts) {
    return Optional.of(ChangeForm.LINEAR);
  }

  @Override
  default Set<Site.Kind> kinds() {
    return BOTH.kinds();
  }

  @Override
  default Set<DropoutKind> dropouts() {
    return BOTH.dropouts();
  }

  @Override
  default List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    Shape shape = LowRank.up(site, recipe.rank());
    return List.of(TrainedTensor.ranked(LoraTraining.UP, shape, 1, TensorInit.ZEROS));
  }

  @Override
  default SortedMap<String, HostTensor> fixed(Site site, SiteRecipe recipe) {
    return new TreeMap<>(Map.of(LoraTraining.DOWN, down(site, recipe)));
  }

  @Override
  default double scale(Site site, SiteRecipe recipe) {
    return recipe.scale();
  }

  @Override
  default Expr delta(Site site, TrainedFactors factors) {
    return BOTH.delta(site, shaped(site, factors));
  }

  @Override
  default Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    return BOTH.unmerged(site, x, shaped(site, factors));
  }

  @Override
  default Expr norm(Site site, TrainedFactors factors) {
    return BOTH.norm(site, shaped(site, factors));
  }

  /** The factors with the sizes of the layer at {@code down}, of which a program knows none. */
  private static TrainedFactors shaped(Site site, TrainedFactors factors) {
    long[] sizes = LowRank.down(site, -1).sizes();
    Expr down = factors.get(LoraTraining.DOWN).to(factors.get(LoraTraining.UP).dtype());
    return factors.with(LoraTraining.DOWN, down.reshape(sizes));
  }

  @Override
  default List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return BOTH.factors(site, recipe, values);
  }

  @Override
  default SortedMap<String, String> lycorisArguments() {
    return BOTH.lycorisArguments();
  }

  @Override
  default Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return BOTH.warmStart(site, found);
  }
}
