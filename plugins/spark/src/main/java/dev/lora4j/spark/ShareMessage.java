package dev.lora4j.spark;

import dev.lora4j.core.train.run.GradientShare;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Gradients of a part of a step on their way back.
 *
 * @param nanos that computing them took
 */
record ShareMessage(TensorMessage sum, ArrayList<Measured> batches, long nanos)
    implements Serializable {
  /** See {@link GradientShare.Measured}. */
  record Measured(float loss, LinkedHashMap<String, Double> measures) implements Serializable {}

  static ShareMessage of(GradientShare share, long nanos) {
    ArrayList<Measured> batches = new ArrayList<>();
    share
        .batches()
        .forEach(b -> batches.add(new Measured(b.loss(), new LinkedHashMap<>(b.measures()))));
    return new ShareMessage(new TensorMessage(share.sum()), batches, nanos);
  }

  GradientShare share() {
    return new GradientShare(
        sum.tensor(),
        batches.stream().map(b -> new GradientShare.Measured(b.loss(), b.measures())).toList());
  }
}
