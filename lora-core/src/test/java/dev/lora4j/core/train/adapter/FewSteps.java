package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A net after a few steps down the gradient.
 *
 * @param runs what it gave before each step, and after the last
 * @param flat the factors after the last step
 */
@SuppressWarnings("ArrayRecordComponent") // Looked at, never compared.
record FewSteps(TrainedNet net, float[] initial, List<TrainedNet.Result> runs, float[] flat) {
  static final long SEED = 3;
  private static final int STEPS = 2;
  private static final double RATE = 0.05;

  static FewSteps of(TrainedNet net) {
    float[] initial = net.initial(SEED);
    double[] flat = TrainedNet.doubles(initial);
    List<TrainedNet.Result> runs = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      runs.add(net.run(flat, initial, step));
      double[] gradient = runs.get(step).gradient();
      for (int i = 0; i < flat.length; i++) {
        flat[i] -= RATE * gradient[i];
      }
    }
    float[] trained = TrainedNet.floats(flat);
    runs.add(net.run(TrainedNet.doubles(trained), initial, STEPS));
    return new FewSteps(net, initial, runs, trained);
  }

  TrainedNet.Result last() {
    return runs.get(runs.size() - 1);
  }

  Map<String, List<Factors>> factors(DType stored) {
    return net.adapter().factors(flat, initial, stored);
  }
}
