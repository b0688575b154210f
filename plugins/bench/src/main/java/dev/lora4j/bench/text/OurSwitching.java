package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.CausalPrograms;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Ours: what lies between two batches that have different adapters. The batches come by turns: rows
 * with an adapter each, the same in another order, one adapter, another one, and both by other
 * weights.
 */
final class OurSwitching implements AutoCloseable {
  private final Scope scope;
  private final CausalPrograms programs;
  private final List<List<MixPlan>> batches = new ArrayList<>();
  private int next;

  OurSwitching(Engine engine, Path model, DecodingSetting setting) {
    scope = engine.scope("switching");
    TextModel base = TextModel.load(scope, model, setting.type());
    programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    List<MixPlan> rows = new ArrayList<>();
    for (int row = 0; row < setting.rows(); row++) {
      rows.add(MixPlan.of(ModelOfChance.adapter(base.sites().all(), row), 1));
    }
    batches.add(List.copyOf(rows));
    Collections.rotate(rows, 1);
    batches.add(List.copyOf(rows));
    batches.add(List.of(rows.get(0)));
    batches.add(List.of(rows.get(1)));
    batches.add(
        List.of(MixPlan.of(adapter(rows, 0), 0.3).with(adapter(rows, 1), 0.7), rows.get(0)));
    batches.forEach(programs::prepare);
  }

  private static Adapter adapter(List<MixPlan> rows, int row) {
    return rows.get(row).parts().get(0).adapter();
  }

  /** The seconds of so many switches. */
  double[] run(int units) {
    return Contender.timed(units, () -> programs.prepare(batches.get(next++ % batches.size())));
  }

  /** Seconds of the same without a cache. */
  double anew() {
    programs.factors().clear();
    double seconds = Contender.timed(1, () -> programs.prepare(batches.get(0)))[0];
    batches.forEach(programs::prepare);
    return seconds;
  }

  @Override
  public void close() {
    scope.close();
  }
}
