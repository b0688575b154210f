package dev.lora4j.core.bake;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.NumberWriter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers of a base's tensor, in which weights and biases are replaced, and the bytes that they
 * are stored as afterwards.
 */
final class BakedNumbers {
  private final BaseCheckpoint base;
  private final QuantisedTensors tensors;
  private final String name;
  private final boolean rounded;
  private final DType type;
  private final ByteBuffer whole;
  private Optional<ByteBuffer> stored = Optional.empty();

  /**
   * Reads a tensor.
   *
   * @param to the type that it will be written in; empty to keep that of the base
   */
  BakedNumbers(BaseCheckpoint base, String part, String name, Optional<DType> to) {
    this.base = base;
    this.tensors = base.numbers(part);
    this.name = name;
    this.rounded = to.isEmpty() && tensors.encoded(name);
    DType from = tensors.numberType(name);
    this.type = to.orElse(from);
    long count = shape().elements();
    if (Math.max(from.bytes(count), type.bytes(count)) > Integer.MAX_VALUE) {
      throw new BakeException(
          name
              + " in "
              + base.path()
              + " has 2 GiB or more as "
              + type
              + ", which no adapter can be baked into here.");
    }
    ByteBuffer read = tensors.numbers(name, 0, count);
    this.whole =
        type == from
            ? read
            : writable(NumberWriter.converted(type, HostTensor.of(from, shape(), read)));
  }

  private static ByteBuffer writable(HostTensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    return ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN).put(bytes).flip();
  }

  private Shape shape() {
    return tensors.shape(name);
  }

  /** Type that sums are rounded to before they are put here; F32 where codes are made of them. */
  DType type() {
    return type;
  }

  /** Name of the type that is stored. */
  String storedType() {
    return rounded ? tensors.type(name) : type.toString();
  }

  /** Replaces a weight or bias; as its site has it, of {@link #type}. */
  void put(Placement placement, HostTensor value) {
    base.put(placement, value, whole);
  }

  /** The bytes of all tensors of the file that change with these numbers, by name. */
  Map<String, ByteBuffer> stored() {
    if (!rounded) {
      return Map.of(name, whole);
    }
    float[] values = new float[Math.toIntExact(shape().elements())];
    whole.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    QuantisedWeight weight = tensors.rounded(name, values);
    weight.form().numbers(weight.parts(), shape(), 0, values);
    ByteBuffer after = ByteBuffer.allocate(whole.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    after.asFloatBuffer().put(values);
    stored = Optional.of(after);
    return new HashMap<>(tensors.stored(name, weight));
  }

  /**
   * Frobenius norm of what rounding to codes did to a weight or bias; after {@link #stored}. 0
   * where there are no codes.
   */
  double rounding(Placement placement) {
    if (stored.isEmpty()) {
      return 0;
    }
    double[] before = base.read(placement, type, whole).doubles();
    double[] after = base.read(placement, type, stored.get()).doubles();
    double sum = 0;
    for (int i = 0; i < before.length; i++) {
      sum += (after[i] - before[i]) * (after[i] - before[i]);
    }
    return Math.sqrt(sum);
  }
}
