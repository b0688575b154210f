package dev.lora4j.spark;

import dev.lora4j.core.train.LossScale;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.SharedStep;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/** A round of steps on its way to those who take them. */
record RoundMessage(
    String settings,
    TreeMap<String, String> task,
    int first,
    int steps,
    int parts,
    LinkedHashMap<String, TensorMessage> contents,
    double scale,
    long streak)
    implements Serializable {
  static RoundMessage of(SharedRound round) {
    return new RoundMessage(
        round.run().settings(),
        new TreeMap<>(round.run().task()),
        round.first(),
        round.steps(),
        round.parts(),
        new LinkedHashMap<>(TensorMessage.all(round.contents())),
        round.lossScale().scale(),
        round.lossScale().streak());
  }

  SharedRound round() {
    return new SharedRound(
        new SharedStep.Run(settings, task),
        first,
        steps,
        parts,
        TensorMessage.tensors(contents),
        new LossScale(scale, streak));
  }
}
