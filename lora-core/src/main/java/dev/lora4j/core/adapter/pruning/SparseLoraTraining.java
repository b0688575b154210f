package dev.lora4j.core.adapter.pruning;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraVariant;
import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Training of a LoRA on linear layers and convolutions, most elements of both factors 0. Every
 * adapter that a run writes has the density, those of intermediate steps included.
 *
 * @param density share of each factor's elements that may be other than 0
 * @param schedule when the others become 0
 * @param every steps between two choices of elements
 * @param drop share of the elements that the first choice of {@link PruningSchedule#RIGL} exchanges
 */
@Extension(
    point = TrainableMethod.class,
    name = SparseLoraTraining.NAME,
    help = "Sparse LoRA: most numbers of both factors are 0")
public record SparseLoraTraining(
    @Setting(
            help = "Share of each factor's numbers that may be other than 0",
            defaultValue = "0.1",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "When the others become 0", defaultValue = "ramp") PruningSchedule schedule,
    @Setting(
            name = "delta_t",
            help = "Steps between two choices of numbers",
            defaultValue = "10",
            min = 1)
        int every,
    @Setting(
            help = "Share of the numbers that the first choice of rigl exchanges",
            defaultValue = "0.3",
            min = 0,
            max = 1)
        double drop)
    implements LoraVariant, ProductTraining {
  /** Its name. */
  public static final String NAME = "sparse-lora";

  /** Checks the density. */
  public SparseLoraTraining {
    density = new Density(density).share();
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return LORA.norm(site, factors);
  }

  @Override
  public Optional<MaskRule> mask(StepRule.Run run) {
    Density share = new Density(density);
    return switch (schedule) {
      case AFTER -> Optional.empty();
      case RAMP -> Optional.of(new RampMask(share, run.steps(), every));
      case RIGL -> Optional.of(new RiglMask(share, run.steps(), every, drop));
    };
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    MagnitudePruning pruning = new MagnitudePruning(density);
    return LORA.factors(site, recipe, values).stream().map(pruning::of).toList();
  }

  /** A LoRA that is as sparse already. */
  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return LORA.warmStart(site, found);
  }
}
