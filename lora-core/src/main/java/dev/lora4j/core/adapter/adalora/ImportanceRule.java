package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.adapter.training.StepRule;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Takes away the least important directions of all layers (Zhang et al. 2023, section 3.2; what the
 * paper leaves open as in PEFT). Of each number the sensitivity {@code |w g|} and its variation are
 * averaged; a direction has the product of both of its size, and the mean products of its two
 * vectors. The sizes of the least important ones become 0, and may grow again until the choice is
 * final.
 *
 * @param beta1 share of the average sensitivity that a step keeps
 * @param beta2 the same of its variation
 */
record ImportanceRule(RankBudget budget, double beta1, double beta2) implements StepRule {
  private static final String SENSITIVITY = "adalora_sensitivity";
  private static final String VARIATION = "adalora_variation";
  private static final String KEPT = "adalora_kept";

  @Override
  public List<String> slots() {
    return List.of(SENSITIVITY, VARIATION, KEPT);
  }

  @Override
  public void stage(Step step) {
    Expr count = step.count();
    Expr counting = count.lt((double) budget.last());
    Map<String, Map<String, Expr>> scores = new LinkedHashMap<>();
    Map<String, Factor> sizes = new LinkedHashMap<>();
    for (Factor factor : step.factors()) {
      Expr score = averaged(step, factor, counting);
      scores.computeIfAbsent(factor.site(), s -> new LinkedHashMap<>()).put(factor.part(), score);
      if (factor.part().equals(AdaloraTraining.SIZES)) {
        sizes.put(factor.site(), factor);
      }
    }
    List<Expr> directions = new ArrayList<>();
    scores.values().forEach(parts -> directions.add(ofDirections(parts)));
    Expr all = ShapeOps.cat(directions, 0);
    Expr taken = budget.taken(count);
    Expr threshold = threshold(all, taken);
    int at = 0;
    for (Factor factor : sizes.values()) {
      Expr kept = directions.get(at++).gt(threshold).or(taken.lt(1)).unsqueeze(-1);
      choose(step, factor, kept);
    }
  }

  /** Averages a factor's sensitivity and returns its importance, element by element. */
  private Expr averaged(Step step, Factor factor, Expr counting) {
    Expr sensitivity = factor.slot(SENSITIVITY);
    Expr variation = factor.slot(VARIATION);
    Expr now = factor.values().mul(factor.gradient()).abs();
    Expr mean = sensitivity.mul(beta1).add(now.mul(1 - beta1));
    Expr spread = variation.mul(beta2).add(now.sub(mean).abs().mul(1 - beta2));
    step.replace(variation, spread, counting);
    step.replace(sensitivity, mean, counting);
    return sensitivity.mul(variation);
  }

  /** Importance of each direction of a layer, [rank]. */
  private static Expr ofDirections(Map<String, Expr> parts) {
    Expr rows = of(parts, AdaloraTraining.RIGHT);
    Expr columns = of(parts, AdaloraTraining.LEFT);
    Expr sizes = of(parts, AdaloraTraining.SIZES);
    Expr ofRows = rows.reshape(rows.dim(0), Dim.of(-1)).over(1).mean();
    Expr ofColumns = columns.reshape(columns.dim(0), columns.dim(1)).over(0).mean();
    return sizes.reshape(-1).add(ofRows).add(ofColumns);
  }

  private static Expr of(Map<String, Expr> parts, String part) {
    return Objects.requireNonNull(parts.get(part), part);
  }

  /** The importance of the last direction to be taken away; of the least if it is none. */
  private static Expr threshold(Expr all, Expr taken) {
    Expr ascending = all.sort(0).values();
    Expr index = taken.sub(1).clampMin(0).to(DType.I64).reshape(1);
    return ascending.gather(0, index).reshape(new long[0]);
  }

  /** Sizes of directions that are not kept become 0; at the end the choice is remembered. */
  private void choose(Step step, Factor factor, Expr kept) {
    Expr remembered = factor.slot(KEPT);
    Expr count = step.count();
    step.replace(remembered, kept.to(step.type()), count.eq((double) budget.last()));
    Expr sizes = factor.values();
    step.replace(sizes, sizes.maskedFill(kept.not(), 0), budget.chosen(count));
    step.replace(sizes, sizes.maskedFill(remembered.eq(0), 0), count.gt((double) budget.last()));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ImportanceRule")
        .with("all", budget.all())
        .with("target", budget.target())
        .with("first", budget.first())
        .with("last", budget.last())
        .with("every", budget.every())
        .with("beta1", beta1)
        .with("beta2", beta2)
        .text();
  }
}
