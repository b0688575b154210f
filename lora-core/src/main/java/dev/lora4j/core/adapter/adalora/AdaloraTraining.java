package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of AdaLoRA (Zhang et al. 2023) on linear layers and convolutions: {@code left
 * diag(sizes) right}, both sides kept near orthonormal by a term of the loss, of which {@link
 * ImportanceRule} takes directions away. The recipe's rank is that of the beginning. What is stored
 * has the directions that are left.
 *
 * @param targetRank directions of a layer that are kept at the end, on average; 0 for two thirds
 * @param firstSteps steps before the first is taken away; -1 for a tenth of the run ({@code tinit})
 * @param lastSteps steps after the last is taken away; -1 for a third of the run ({@code tfinal})
 * @param every steps between two choices ({@code deltaT})
 * @param beta1 share of the average sensitivity that a step keeps
 * @param beta2 the same of its variation
 * @param orthogonal weight of the term of the loss that keeps directions apart
 * @param stored what is written
 */
@Extension(
    point = TrainableMethod.class,
    name = AdaloraTraining.NAME,
    help = "AdaLoRA: the least important directions are taken away on the way")
public record AdaloraTraining(
    @Setting(
            name = "target_r",
            help = "Directions of a layer at the end, on average; 0 for two thirds",
            defaultValue = "0",
            min = 0)
        int targetRank,
    @Setting(
            name = "tinit",
            help = "Steps before the first is taken away; -1 for a tenth",
            defaultValue = "-1",
            min = -1)
        int firstSteps,
    @Setting(
            name = "tfinal",
            help = "Steps after the last is taken away; -1 for a third",
            defaultValue = "-1",
            min = -1)
        int lastSteps,
    @Setting(name = "delta_t", help = "Steps between two choices", defaultValue = "1", min = 1)
        int every,
    @Setting(
            help = "Share of the average sensitivity that a step keeps",
            defaultValue = "0.85",
            min = 0,
            below = 1)
        double beta1,
    @Setting(help = "The same of its variation", defaultValue = "0.85", min = 0, below = 1)
        double beta2,
    @Setting(
            name = "orth_reg_weight",
            help = "Weight of the term of the loss that keeps directions apart",
            defaultValue = "0.5",
            min = 0)
        double orthogonal,
    @Setting(
            help = "What is written: a LoRA, or PEFT's AdaLoRA, which its layout alone holds",
            defaultValue = "lora")
        StoredForm stored)
    implements TrainableMethod {
  /** Its name. */
  public static final String NAME = AdaloraMethod.NAME;

  /** Part on the side of the input, [rank, in, ...]: PEFT's {@code lora_A}. */
  public static final String RIGHT = LoraTraining.DOWN;

  /** Part on the side of the output, [out, rank, ...]: PEFT's {@code lora_B}. */
  public static final String LEFT = LoraTraining.UP;

  /** Part with the size of each direction, [rank, 1]: PEFT's {@code lora_E}. */
  public static final String SIZES = "sizes";

  private static final LoraTraining LORA = new LoraTraining();
  private static final double DEVIATION = 0.02;

  /** Summand of the rank that alpha is divided by, as PEFT has it. */
  static final double GUARD = 1e-5;

  @Override
  public Set<Site.Kind> kinds() {
    return LORA.kinds();
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return LORA.dropouts();
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    if (recipe.rankStabilised()) {
      throw new IllegalArgumentException(
          "AdaLoRA's scale is alpha / rank, as PEFT has it; take rslora away.");
    }
    long rank = recipe.rank();
    TensorInit random = new TensorInit.Normal(DEVIATION);
    return List.of(
        TrainedTensor.ranked(RIGHT, LowRank.down(site, rank), 0, random),
        TrainedTensor.ranked(SIZES, Shape.of(rank, 1), 0, TensorInit.ZEROS),
        TrainedTensor.ranked(LEFT, LowRank.up(site, rank), 1, random));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return recipe.alpha() / (recipe.rank() + GUARD);
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Expr down = AdaloraMethod.sized(factors.get(RIGHT), factors.get(SIZES));
    return LORA.apply(layer, x, factors.with(LoraTraining.DOWN, down));
  }

  /** The mean distance of both sides from orthonormal ones, weighted. */
  @Override
  public Optional<Expr> penalty(Site site, TrainedFactors factors) {
    if (orthogonal == 0) {
      return Optional.empty();
    }
    Expr right = factors.get(RIGHT);
    Dim rank = right.dim(0);
    Expr rows = right.reshape(rank, Dim.of(-1));
    Expr columns = factors.get(LEFT).reshape(Dim.of(-1), rank);
    Expr unit = Constants.eye(right.graph(), right.dtype(), rank);
    Expr ofRows = rows.matmul(rows.transpose(0, 1)).sub(unit).norm();
    Expr ofColumns = columns.transpose(0, 1).matmul(columns).sub(unit).norm();
    return Optional.of(ofRows.add(ofColumns).mul(orthogonal / 2));
  }

  /**
   * The choice of directions over a run.
   *
   * @throws IllegalArgumentException if the run has too few steps for it, or no layer has more
   *     directions than are to be left
   */
  @Override
  public Optional<StepRule> rule(StepRule.Run run) {
    long first = firstSteps < 0 ? run.steps() / 10 : firstSteps;
    long last = (long) run.steps() - (lastSteps < 0 ? run.steps() / 3 : lastSteps);
    if (first >= last) {
      throw new IllegalArgumentException(
          "AdaLoRA takes directions away between step "
              + first
              + " (tinit) and step "
              + last
              + " (tfinal steps before the end), but the run has "
              + run.steps()
              + " steps; lower both, or take more steps.");
    }
    long most = run.layers().values().stream().mapToLong(SiteRecipe::rank).max().orElse(1);
    if (targetRank > most) {
      throw new IllegalArgumentException(
          "AdaLoRA goes from rank "
              + most
              + " down to target_r "
              + targetRank
              + "; give a rank above it, 1.5 times is usual.");
    }
    double share = targetRank == 0 ? 2.0 / 3 : (double) targetRank / most;
    long all = run.layers().values().stream().mapToLong(SiteRecipe::rank).sum();
    long target =
        run.layers().values().stream()
            .mapToLong(r -> Math.max(1, Math.round(r.rank() * share)))
            .sum();
    return Optional.of(
        new ImportanceRule(new RankBudget(all, target, first, last, every), beta1, beta2));
  }

  /** The directions that are left; of a layer without any, one that changes nothing. */
  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    Directions all =
        new Directions(
            Objects.requireNonNull(values.get(RIGHT)),
            Objects.requireNonNull(values.get(SIZES)),
            Objects.requireNonNull(values.get(LEFT)));
    Directions kept = all.kept();
    if (stored == StoredForm.LORA) {
      return List.of(kept.lora(scale(site, recipe)));
    }
    return List.of(kept.apart(recipe.rank(), recipe.alpha()));
  }

  /**
   * The directions of AdaLoRA, with those that were taken away as zeros; or of a LoRA, each of size
   * 1 as their sizes are in its factors.
   */
  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    if (stored == StoredForm.ADALORA) {
      return found.size() == 1 && found.get(0).method().equals(NAME)
          ? Directions.of(found.get(0)).begun(found.get(0))
          : Optional.empty();
    }
    return LORA.warmStart(site, found)
        .map(
            begun -> {
              SiteRecipe recipe = begun.recipe();
              float[] ones = new float[Math.toIntExact(recipe.rank())];
              Arrays.fill(ones, 1);
              Map<String, HostTensor> values = new TreeMap<>(begun.values());
              values.put(SIZES, HostTensor.of(Shape.of(ones.length, 1), ones));
              double alpha = recipe.alpha() * (recipe.rank() + GUARD) / recipe.rank();
              return WarmStartFactors.of(
                  new SiteRecipe(recipe.rank(), alpha, false, FactorInit.KAIMING), values);
            });
  }

  /** PEFT's own module; LyCORIS has none. */
  @Override
  public SortedMap<String, String> lycorisArguments() {
    return new TreeMap<>(Map.of("algo", "locon"));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("AdaloraTraining")
        .with("targetRank", targetRank)
        .with("firstSteps", firstSteps)
        .with("lastSteps", lastSteps)
        .with("every", every)
        .with("beta1", beta1)
        .with("beta2", beta2)
        .with("orthogonal", orthogonal)
        .with("stored", stored, StoredForm.LORA)
        .text();
  }
}
