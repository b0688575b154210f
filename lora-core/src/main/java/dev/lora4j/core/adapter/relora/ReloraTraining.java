package dev.lora4j.core.adapter.relora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraVariant;
import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training by ReLoRA (Lialin et al. 2023) on linear layers and convolutions: a LoRA that restarts.
 * The base stays as it is: where the paper adds a finished LoRA to the weight, its directions are
 * held beside those of the next. The sum is one LoRA of the rank {@code (restarts + 1) * rank},
 * which is what is stored.
 *
 * @param restarts how many
 * @param every steps between two restarts; 0 to spread them over the run
 * @param warmup steps of the warm-up after each restart; -1 for a tenth of {@code every}
 * @param reset what the optimizer remembers at a restart
 * @param pruning share of its numbers that {@link OptimizerReset#MAGNITUDE} takes away
 */
@Extension(
    point = TrainableMethod.class,
    name = ReloraTraining.NAME,
    help = "ReLoRA: a LoRA that restarts, and whose sum has a higher rank")
public record ReloraTraining(
    @Setting(help = "How often it restarts", defaultValue = "3", min = 1, max = 1000) int restarts,
    @Setting(
            name = "cycle_length",
            help = "Steps between two restarts; 0 spreads them over the run",
            defaultValue = "0",
            min = 0)
        int every,
    @Setting(
            name = "restart_warmup_steps",
            help = "Steps of warm-up after each restart; -1 for a tenth of cycle_length",
            defaultValue = "-1",
            min = -1)
        int warmup,
    @Setting(help = "What the optimiser forgets at a restart", defaultValue = "full")
        OptimizerReset reset,
    @Setting(
            name = "optimizer_magnitude_pruning",
            help = "Share of its numbers that reset = magnitude takes away",
            defaultValue = "0.9",
            above = 0,
            below = 1)
        double pruning)
    implements LoraVariant {
  /** Its name. */
  public static final String NAME = "relora";

  /** Steps between two restarts for one of their warm-up. */
  private static final int TENTH = 10;

  /** None: they would drop of finished directions too, which are a part of the base here. */
  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.noneOf(DropoutKind.class);
  }

  /** The one whose numbers are as large for all directions as for those of one LoRA. */
  @Override
  public Set<FactorInit> starts() {
    return Set.of(FactorInit.KAIMING);
  }

  @Override
  public long storedRank(SiteRecipe recipe) {
    return recipe.rank() * (restarts + 1);
  }

  /** The recipe of all directions, with the same scale. */
  private SiteRecipe whole(SiteRecipe recipe) {
    long rank = storedRank(recipe);
    return new SiteRecipe(rank, recipe.storedAlpha(rank), false, recipe.start());
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    return LORA.tensors(site, whole(recipe));
  }

  /**
   * The directions that are trained in turn.
   *
   * @throws IllegalArgumentException if the run has too few steps for it
   */
  @Override
  public Optional<DirectionRule> directions(StepRule.Run run) {
    long length = every == 0 ? run.steps() / (restarts + 1L) : every;
    long warming = warmup < 0 ? length / TENTH : warmup;
    long last = run.steps() - restarts * length;
    if (length < 1 || last < 1) {
      throw new IllegalArgumentException(
          "ReLoRA restarts "
              + restarts
              + " times"
              + (every == 0 ? "" : ", every " + every + " steps (cycle_length)")
              + ", and the run has "
              + run.steps()
              + " steps; take more steps, or fewer restarts.");
    }
    if (warming >= Math.min(length, last)) {
      throw new IllegalArgumentException(
          "A warm-up of "
              + warming
              + " steps (restart_warmup_steps) does not fit between two restarts, or the last and"
              + " the end, which are "
              + Math.min(length, last)
              + " steps; set a shorter one.");
    }
    long rank = run.layers().values().stream().mapToLong(SiteRecipe::rank).max().orElse(1);
    double pruned = reset == OptimizerReset.FULL ? 1 : pruning;
    return Optional.of(new RestartRule(restarts, length, warming, pruned, rank));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return LORA.factors(site, whole(recipe), values);
  }

  /**
   * A LoRA whose directions can be shared out among the restarts; it keeps its rank, and all of
   * them are trained in turn.
   */
  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return LORA.warmStart(site, found)
        .filter(begun -> begun.recipe().rank() % (restarts + 1) == 0)
        .map(
            begun -> {
              SiteRecipe all = begun.recipe();
              long rank = all.rank() / (restarts + 1);
              return new WarmStartFactors(
                  new SiteRecipe(rank, all.scale() * rank, false, all.start()), begun.values());
            });
  }
}
