package dev.lora4j.core.adapter.relora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraVariant;
import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Optional;

/**
 * Training of a LoRA on linear layers and convolutions whose rank grows on plateaus of the loss.
 * All directions are there from the beginning; those that have not been reached change nothing,
 * since {@code up} is 0 there. What is stored is a LoRA of the recipe's rank.
 *
 * @param startRank directions that are trained in the beginning; 0 for a quarter of the rank
 * @param by directions that a growth adds; 0 for as many as in the beginning
 * @param patience steps without an improvement of the loss before a growth; 0 for a tenth of the
 *     run
 * @param threshold share of the least loss that a loss must be below it to be an improvement
 * @param smoothing share of itself that the average of training losses keeps in a step
 */
@Extension(
    point = TrainableMethod.class,
    name = RankGrowthTraining.NAME,
    help = "LoRA whose rank grows where the loss stays on a plateau")
public record RankGrowthTraining(
    @Setting(
            name = "start_rank",
            help = "Directions that are trained in the beginning; 0 for a quarter of the rank",
            defaultValue = "0",
            min = 0)
        int startRank,
    @Setting(
            name = "grow_by",
            help = "Directions that a growth adds; 0 for as many as in the beginning",
            defaultValue = "0",
            min = 0)
        int by,
    @Setting(
            help = "Steps without an improvement before a growth; 0 for a tenth of the run",
            defaultValue = "0",
            min = 0)
        int patience,
    @Setting(
            help = "Share by which the loss must fall to be an improvement",
            defaultValue = "0.01",
            min = 0,
            below = 1)
        double threshold,
    @Setting(
            help = "Share of itself that the average of training losses keeps in a step",
            defaultValue = "0.98",
            min = 0,
            below = 1)
        double smoothing)
    implements LoraVariant {
  /** Its name. */
  public static final String NAME = "rank-growth";

  private static final int QUARTER = 4;
  private static final int TENTH = 10;

  /**
   * The growth over a run.
   *
   * @throws IllegalArgumentException if it would begin with more directions than there are
   */
  @Override
  public Optional<DirectionRule> directions(StepRule.Run run) {
    long most = run.layers().values().stream().mapToLong(SiteRecipe::rank).max().orElse(1);
    if (startRank > most) {
      throw new IllegalArgumentException(
          "The rank grows from "
              + startRank
              + " (start_rank) to "
              + most
              + " (rank); give a rank above start_rank.");
    }
    long start = startRank == 0 ? Math.max(1, most / QUARTER) : startRank;
    long wait = patience == 0 ? Math.max(1, run.steps() / TENTH) : patience;
    return Optional.of(
        new GrowthRule(most, start, by == 0 ? start : by, wait, threshold, smoothing, run.steps()));
  }

  /** Any LoRA; the directions that it has in use are all trained from the beginning. */
  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    return LORA.warmStart(site, found);
  }
}
