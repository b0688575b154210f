package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
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

  /**
   * Chooses the set of its rows' adapters, and puts them where programs look for them.
   *
   * @param slots of all rows that there may be
   */
  AdapterSet adapt(AdapterSets sets, int slots) {
    List<RowMix> mixes = rows.stream().map(GenerationRow::mix).distinct().toList();
    choice = Optional.of(sets.of(mixes, rows, slots));
    return set();
  }

  /** The set of its rows' adapters. */
  AdapterSet set() {
    return choice.orElseThrow().set();
  }

  /** Inputs for the adapters of some rows that stand side by side. */
  Map<String, Tensor> mixing(Scope step, List<GenerationRow> some) {
    return choice.orElseThrow().inputs().of(step, some);
  }
}
