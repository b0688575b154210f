package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensorWriter;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * The numbers of an encoded weight, some rows at a time, each rounded once from F32.
 *
 * @param store where it lies
 * @param weight a whole number of rows of it
 */
record DecodedWeight(StoredTensors store, StoredWeight weight) {
  /** Numbers that are decoded at once: enough for all processors, few beside a model. */
  private static final int CHUNK = 1 << 21;

  /** What becomes of some numbers. */
  @FunctionalInterface
  private interface Use {
    void of(float[] numbers) throws IOException;
  }

  /** Returns true if numbers of a type can be made of F32 here. */
  static boolean rounds(DType type) {
    return type == DType.F32 || type == DType.F16 || type == DType.BF16;
  }

  /** The weight in memory, with the shape that it is stored in. */
  Tensor on(Scope owner, DType type) {
    HostTensorWriter writer = new HostTensorWriter(type, weight.storedShape());
    try {
      each(numbers -> writer.put(numbers, numbers.length));
    } catch (IOException e) {
      throw new IllegalStateException("nothing was written", e);
    }
    return writer.tensor().on(owner);
  }

  /** Writes its bytes. */
  void write(WritableByteChannel out, DType type) throws IOException {
    each(
        numbers -> {
          HostTensorWriter writer = new HostTensorWriter(type, Shape.of(numbers.length));
          writer.put(numbers, numbers.length);
          out.write(writer.tensor().bytes());
        });
  }

  private void each(Use use) throws IOException {
    long count = weight.shape().elements();
    long row = store.row(weight.tensor());
    int most = (int) (Math.max(1, CHUNK / row) * row);
    float[] numbers = new float[0];
    for (long done = 0; done < count; done += numbers.length) {
      int some = (int) Math.min(most, count - done);
      numbers = numbers.length == some ? numbers : new float[some];
      store.decode(weight.tensor(), weight.from() + done, numbers);
      use.of(numbers);
    }
  }
}
