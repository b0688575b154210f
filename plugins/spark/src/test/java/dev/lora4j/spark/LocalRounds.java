package dev.lora4j.spark;

import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RoundSource;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.TrainingWorker;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Rounds whose parts one worker takes, one after the other. */
record LocalRounds(LocalSteps local, TrainingWorker worker) implements RoundSource {
  @Override
  public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
    return Optional.of(
        IntStream.range(0, round.parts()).mapToObj(part -> worker.round(round, part)).toList());
  }
}
