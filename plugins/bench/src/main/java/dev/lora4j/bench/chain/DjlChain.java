package dev.lora4j.bench.chain;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The same with DJL's own operators, one call into native code for each.
 *
 * <p>DJL has no sum with a factor, so the up matrices carry the factor from the beginning, which
 * costs nothing; and no silu, which is composed of two operators.
 */
public final class DjlChain implements Contender {
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final NDArray x;
  private final List<NDArray> weight;
  private final List<NDArray> down;
  private final List<NDArray> up;

  /** For a chain of so many links. */
  public DjlChain(String links) {
    this(ChainInputs.of(Integer.parseInt(links)));
  }

  DjlChain(ChainInputs inputs) {
    this.x = array(inputs.x());
    this.weight = parts(array(inputs.weight()));
    this.down = parts(array(inputs.down()));
    this.up = parts(array(inputs.up()).muli(ChainInputs.SCALE));
  }

  private NDArray array(HostTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    tensor.bytes().asFloatBuffer().get(values);
    return manager.create(values, new Shape(tensor.shape().sizes()));
  }

  private static List<NDArray> parts(NDArray whole) {
    List<NDArray> parts = new ArrayList<>();
    for (long i = 0; i < whole.getShape().get(0); i++) {
      parts.add(whole.get(i));
    }
    return parts;
  }

  private NDArray chain() {
    NDArray value = x;
    for (int link = 0; link < weight.size(); link++) {
      NDArray own = linear(value, weight.get(link));
      NDArray added = linear(linear(value, down.get(link)), up.get(link));
      NDArray sum = own.add(added).add(value);
      value = sum.mul(Activation.sigmoid(sum));
    }
    return value;
  }

  private static NDArray linear(NDArray x, NDArray weight) {
    return Linear.linear(x, weight).get(0);
  }

  @Override
  public String name() {
    return "DJL, operator by operator";
  }

  @Override
  public double[] check() {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      float[] values = chain().toFloatArray();
      double[] result = new double[values.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = values[i];
      }
      return result;
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(
        units,
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            chain();
          }
        });
  }

  @Override
  public void close() {
    manager.close();
  }
}
