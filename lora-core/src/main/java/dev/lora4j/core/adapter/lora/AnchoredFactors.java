package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.tensor.host.HostTensor;

/**
 * Factors of the difference between a product and what it began as.
 *
 * <p>PEFT takes the first product away from the base and stores {@code [up | up_0]}, {@code [down;
 * -down_0]} for the plain one. Here it is {@code [up | up - up_0]}, {@code [down - down_0;
 * down_0]}: the same change, but of terms that are as small as it is, so that rounding to half
 * precision does not drown it.
 */
final class AnchoredFactors {
  private AnchoredFactors() {}

  /** {@code [down - first; first]} in its rows. */
  static HostTensor down(HostTensor down, HostTensor first) {
    double[] now = down.doubles();
    double[] then = first.doubles();
    double[] both = new double[2 * now.length];
    for (int i = 0; i < now.length; i++) {
      both[i] = now[i] - then[i];
      both[now.length + i] = then[i];
    }
    return HostTensor.of(down.dtype(), down.shape().with(0, 2 * down.shape().size(0)), both);
  }

  /** {@code [up | up - before]} in its columns. */
  static HostTensor up(HostTensor up, HostTensor before) {
    double[] now = up.doubles();
    double[] then = before.doubles();
    int rank = Math.toIntExact(up.shape().size(1));
    double[] both = new double[2 * now.length];
    for (int i = 0; i < now.length; i++) {
      int at = i / rank * 2 * rank + i % rank;
      both[at] = now[i];
      both[at + rank] = now[i] - then[i];
    }
    return HostTensor.of(up.dtype(), up.shape().with(1, 2L * rank), both);
  }
}
