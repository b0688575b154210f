package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The input of some layers while its directions are found. */
final class InputState {
  private final List<Site> layers;
  private final int count;
  private final double tau;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private final boolean[] settled;
  private double[] shares = {};
  private long rows;

  /** Whether its directions are still looked at. */
  private boolean watched = true;

  /**
   * An input of which nothing is known yet.
   *
   * @param layers that have it
   * @param count of directions
   * @param tau cosine from which a direction has settled
   */
  InputState(Scope scope, List<Site> layers, int count, double tau) {
    this.layers = List.copyOf(layers);
    this.count = count;
    this.tau = tau;
    settled = new boolean[count];
    long width = layers.get(0).in();
    List<Shape> shapes =
        List.of(Shape.of(count, width), Shape.of(count), Shape.of(width), Shape.of(), Shape.of());
    for (int i = 0; i < shapes.size(); i++) {
      double[] zeros = new double[Math.toIntExact(shapes.get(i).elements())];
      tensors.put(
          InputDirections.STATE.get(i), HostTensor.of(DType.F64, shapes.get(i), zeros).on(scope));
    }
  }

  List<Site> layers() {
    return layers;
  }

  /** The layer that stands for it. */
  String name() {
    return layers.get(0).name();
  }

  int count() {
    return count;
  }

  /** Held inputs of the program, by name. */
  void hold(Map<String, Tensor> held) {
    tensors.forEach((state, tensor) -> held.put(InputDirections.held(name(), state), tensor));
  }

  /** Returns true if a batch had enough rows. */
  boolean known() {
    return shares.length > 0;
  }

  /** Shares of the variation that its directions explain. */
  double[] shares() {
    return shares.clone();
  }

  /** Most rows of a batch. */
  long rows() {
    return rows;
  }

  /**
   * Leaves the directions as they are if the first of them have settled, or looks at them again.
   *
   * @param rank number of directions that have to
   * @return true if they have
   */
  boolean settle(int rank) {
    boolean all = true;
    for (int i = 0; i < rank; i++) {
      all &= settled[i];
    }
    watched = !all;
    return all;
  }

  /**
   * Takes over what a batch has told.
   *
   * @param outputs of {@link InputDirections} for it
   * @return false if numbers of the batch are not finite
   */
  boolean update(Scope scope, List<Tensor> outputs) {
    double[] report = HostTensor.of(outputs.get(InputDirections.STATE.size())).doubles();
    if (report[report.length - 1] == 0) {
      return false;
    }
    long own = (long) report[report.length - 2];
    rows = Math.max(rows, own);
    if (!watched || own < count) {
      return true;
    }
    if (known()) {
      for (int i = 0; i < count; i++) {
        settled[i] = report[i] >= tau;
      }
    }
    shares = Arrays.copyOfRange(report, count, 2 * count);
    for (int i = 0; i < InputDirections.STATE.size(); i++) {
      Tensor before = tensors.put(InputDirections.STATE.get(i), outputs.get(i).moveTo(scope));
      if (before != null) {
        before.close();
      }
    }
    return true;
  }

  /** The first directions as a down factor, F32 [rank, in]. */
  HostTensor down(int rank, boolean whiten) {
    long width = layers.get(0).in();
    double[] all = values("directions");
    double[] sizes = values("values");
    float[] down = new float[Math.toIntExact(rank * width)];
    for (int i = 0; i < down.length; i++) {
      double by = whiten ? Math.sqrt(sizes[(int) (i / width)]) : 1;
      down[i] = (float) (all[i] / by);
    }
    return HostTensor.of(Shape.of(rank, width), down);
  }

  private double[] values(String state) {
    Tensor tensor = tensors.get(state);
    if (tensor == null) {
      throw new IllegalStateException(state);
    }
    return HostTensor.of(tensor).doubles();
  }
}
