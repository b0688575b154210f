package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows with equal merged weights, which programs compute together. */
final class RowGroup {
  private final RowMix like;

  /** In the order of their slots. */
  private final List<GenerationRow> rows = new ArrayList<>();

  private List<MixPlan> plans = List.of();
  private Optional<AdapterSets.Choice> choice = Optional.empty();

  /**
   * No rows yet.
   *
   * @param like adapters of the rows, as far as they are merged
   */
  RowGroup(RowMix like) {
    this.like = like;
  }

  /** Returns true if a row with these adapters belongs to it. */
  boolean takes(RowMix mix) {
    return like.merged().equals(mix.merged());
  }

  /** The rows; those whose prompts are not read are the last. */
  List<GenerationRow> rows() {
    return rows;
  }

  /** Rows whose prompts are read. */
  List<GenerationRow> read() {
    return rows.stream().filter(GenerationRow::read).toList();
  }

  /** Rows whose prompts are not read yet. */
  List<GenerationRow> joining() {
    return rows.stream().filter(row -> !row.read()).toList();
  }

  /** Puts rows in their slots. */
  void place(SlotLayout layout) {
    List<GenerationRow> read = read();
    for (int i = 0; i < read.size(); i++) {
      read.get(i).slot(layout.slots()[i]);
    }
    int next = layout.begin() + read.size();
    for (GenerationRow row : joining().stream().sorted(PromptBatch.ORDER).toList()) {
      row.slot(next++);
    }
    rows.sort(Comparator.comparingInt(GenerationRow::slot));
  }

  /** Chooses the set of its rows' adapters. */
  AdapterSet adapt(AdapterSets sets) {
    List<MixPlan> now = rows.stream().map(row -> row.mix().plan()).distinct().toList();
    if (choice.isEmpty() || !now.equals(plans)) {
      choice = Optional.of(sets.of(like.merged(), now));
      plans = now;
    }
    return set();
  }

  /** The set of its rows' adapters. */
  AdapterSet set() {
    return choice.orElseThrow().set();
  }

  /** Input with the weights of unmerged adapters in some of its rows. */
  Map<String, Tensor> mixing(Scope step, List<GenerationRow> some) {
    BatchMix mix = choice.orElseThrow().mix();
    if (mix.unmergedSites().isEmpty()) {
      return Map.of();
    }
    List<Integer> numbers = some.stream().map(row -> plans.indexOf(row.mix().plan())).toList();
    Shape shape = Shape.of(some.size(), mix.columns());
    return Map.of(UnmergedAdapters.WEIGHTS, Tensor.of(step, shape, mix.weights(numbers, 0, 1)));
  }
}
