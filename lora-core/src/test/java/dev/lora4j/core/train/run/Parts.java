package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Rounds in this process: a worker for each part, another one in each round. */
final class Parts implements RoundSource {
  private final LocalSteps local;
  private final List<TrainingWorker> workers = new ArrayList<>();
  private int rounds;

  Parts(Scope scope, LocalSteps local, TrainingSettings settings, Supplier<TrainingTask> tasks) {
    this.local = local;
    for (int i = 0; i < local.parts(); i++) {
      workers.add(TaskWorker.of(scope, scope.engine().threads(), settings, s -> tasks.get()));
    }
  }

  static LocalSteps local(int steps, int parts) {
    return new LocalSteps(steps, parts, OuterStep.AVERAGE);
  }

  @Override
  public LocalSteps local() {
    return local;
  }

  @Override
  public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
    rounds++;
    List<RoundShare> shares = new ArrayList<>();
    for (int part = round.parts() - 1; part >= 0; part--) {
      shares.add(0, workers.get((part + rounds) % workers.size()).round(round, part));
    }
    return Optional.of(shares);
  }

  int rounds() {
    return rounds;
  }
}
