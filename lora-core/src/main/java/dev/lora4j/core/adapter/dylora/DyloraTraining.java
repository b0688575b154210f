package dev.lora4j.core.adapter.dylora;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.lora.LoraVariant;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of DyLoRA (Valipour et al. 2023, algorithm 1) on linear layers and convolutions: each
 * step draws a rank k for all layers, uses the first k directions with the scale {@code alpha / k},
 * and trains those that {@link RankMode} says. What is stored is a LoRA, of which the first k
 * directions with the same alpha are one of rank k.
 *
 * <p>Where layers have other ranks, k is the same share of each. Evaluation uses all directions.
 *
 * @param mode which directions learn in a step
 * @param unit directions that come together: k is a multiple of it, or the whole rank
 */
@Extension(
    point = TrainableMethod.class,
    name = DyloraTraining.NAME,
    help = "DyLoRA: one training for all ranks up to the one trained")
public record DyloraTraining(
    @Setting(help = "Which of the used directions a step trains", defaultValue = "frozen")
        RankMode mode,
    @Setting(
            help = "Directions that come together; ranks are multiples of it",
            defaultValue = "1",
            min = 1)
        int unit)
    implements LoraVariant, ProductTraining {
  /** Its name. */
  public static final String NAME = "dylora";

  /** Entry of a header with the unit. */
  public static final String UNIT = "lora4j_dylora_unit";

  /** Checks the unit. */
  public DyloraTraining {
    if (unit < 1) {
      throw new IllegalArgumentException("DyLoRA's unit is at least 1, found " + unit + ".");
    }
  }

  @Override
  public boolean draws() {
    return true;
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    if (recipe.rankStabilised()) {
      throw new IllegalArgumentException(
          "DyLoRA's scale is alpha / rank at each rank; take rslora away.");
    }
    return LORA.tensors(site, recipe);
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    return LORA.apply(layer, x, factors.draw().map(d -> drawn(factors, d)).orElse(factors));
  }

  /** The factors of one step, without the directions that it does not use. */
  private TrainedFactors drawn(TrainedFactors factors, Expr draw) {
    Expr down = factors.get(LoraTraining.DOWN);
    Expr up = factors.get(LoraTraining.UP);
    DrawnRank rank = DrawnRank.of(down.dim(0), draw, unit);
    return factors
        .with(LoraTraining.DOWN, rank.of(down, 0, mode))
        .with(LoraTraining.UP, rank.of(up, 1, mode))
        .scaledBy(rank.scale(factors.scale().dtype()));
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return LORA.norm(site, factors);
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    return new TreeMap<>(Map.of("algo", NAME, "block_size", Integer.toString(unit)));
  }

  @Override
  public SortedMap<String, String> headerEntries() {
    return new TreeMap<>(Map.of(UNIT, Integer.toString(unit)));
  }
}
