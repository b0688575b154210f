package dev.lora4j.onnx;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.protobuf.ProtobufReader;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tensor of an ONNX file ({@code TensorProto}), whose elements are read on demand. */
final class OnnxTensor {
  private static final int DIMENSIONS = 1;
  private static final int TYPE = 2;
  private static final int NAME = 8;
  private static final int RAW = 9;
  private static final int LOCATION = 14;
  private static final int MOST_DIMENSIONS = 8;

  private String name = "";
  private final List<Long> sizes = new ArrayList<>();
  private int type;
  private boolean elsewhere;
  private Optional<ByteBuffer> raw = Optional.empty();

  private OnnxTensor() {}

  static OnnxTensor read(ProtobufReader message) {
    OnnxTensor tensor = new OnnxTensor();
    while (message.next()) {
      switch (message.field()) {
        case DIMENSIONS -> tensor.sizes.addAll(message.integers());
        case TYPE -> tensor.type = (int) message.integer();
        case NAME -> tensor.name = message.text();
        case RAW -> tensor.raw = Optional.of(message.bytes());
        case LOCATION -> tensor.elsewhere = message.integer() != 0;
        default -> {}
      }
    }
    return tensor;
  }

  String name() {
    return name;
  }

  Shape shape() {
    boolean sizeable = sizes.size() <= MOST_DIMENSIONS && sizes.stream().allMatch(s -> s >= 0);
    if (!sizeable) {
      throw new ModelException(name + " has the sizes " + sizes + ", which no tensor has.");
    }
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * Its elements.
   *
   * @throws ModelException if they are in another file, of a type that is not known here, or not
   *     stored as bytes
   */
  HostTensor value() {
    if (elsewhere) {
      throw new ModelException(
          name + " is in another file; only files that hold all of a model can be read.");
    }
    DType stored =
        Optional.of(type)
            .flatMap(OnnxTensor::dtype)
            .orElseThrow(
                () ->
                    new ModelException(
                        name + " is of ONNX's type " + type + ", which weights do not have here."));
    Shape shape = shape();
    ByteBuffer bytes =
        raw.orElseThrow(
            () -> new ModelException(name + " has no raw_data, which alone can be read."));
    if (!fits(stored, bytes.remaining())) {
      throw new ModelException(
          name + " " + shape + " of " + stored + " has " + bytes.remaining() + " bytes.");
    }
    return HostTensor.of(stored, shape, bytes);
  }

  private boolean fits(DType stored, long bytes) {
    long elements = 1;
    for (long size : sizes) {
      if (size != 0 && elements > Integer.MAX_VALUE / size) {
        return false;
      }
      elements *= size;
    }
    return stored.bytes(elements) == bytes;
  }

  private static Optional<DType> dtype(int type) {
    return switch (type) {
      case 1 -> Optional.of(DType.F32);
      case 7 -> Optional.of(DType.I64);
      case 10 -> Optional.of(DType.F16);
      case 11 -> Optional.of(DType.F64);
      case 16 -> Optional.of(DType.BF16);
      default -> Optional.empty();
    };
  }
}
