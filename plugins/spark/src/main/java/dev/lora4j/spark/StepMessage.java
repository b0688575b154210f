package dev.lora4j.spark;

import dev.lora4j.core.train.run.SharedStep;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/** A step of training on its way to those who compute its gradients. */
record StepMessage(
    String settings,
    TreeMap<String, String> task,
    long first,
    int batches,
    TensorMessage weights,
    double lossScale,
    LinkedHashMap<String, TensorMessage> state)
    implements Serializable {
  static StepMessage of(SharedStep step) {
    return new StepMessage(
        step.run().settings(),
        new TreeMap<>(step.run().task()),
        step.first(),
        step.batches(),
        new TensorMessage(step.weights()),
        step.lossScale(),
        new LinkedHashMap<>(TensorMessage.all(step.state())));
  }

  SharedStep step() {
    return new SharedStep(
        new SharedStep.Run(settings, task),
        first,
        batches,
        weights.tensor(),
        lossScale,
        TensorMessage.tensors(state));
  }
}
