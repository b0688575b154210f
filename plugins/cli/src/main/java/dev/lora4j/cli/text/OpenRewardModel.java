package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.Lora4j;
import dev.lora4j.text.pipeline.RewardModel;
import java.util.List;

/** A running engine with a loaded reward model. */
record OpenRewardModel(Lora4j lora, RewardModel model) implements AutoCloseable {
  /**
   * Starts the engine and loads what the options name, without adapters.
   *
   * @param seed of chance, from which a head starts that the base has not got
   */
  static OpenRewardModel of(Console console, TextModelOptions options, long seed) {
    Opened<RewardModel> opened =
        Opened.of(
            console,
            options,
            (lora, path, loading) ->
                RewardModel.open(lora.engine().scope("reward model"), path, loading, seed),
            RewardModel::base);
    return new OpenRewardModel(opened.lora(), opened.model());
  }

  /** The same with adapters, of which one has the head unless the base has it. */
  static OpenRewardModel of(Console console, TextModelOptions options, List<LoraOption> loras) {
    options.requireFits(loras.stream().map(LoraOption::file).toList(), 1);
    OpenRewardModel open = of(console, options, 0);
    try {
      RewardModel model = open.model;
      return new OpenRewardModel(
          open.lora, model.with(LoraOption.plan(console, loras, model.base(), model::loadAdapter)));
    } catch (RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  @Override
  public void close() {
    model.close();
    lora.close();
  }
}
