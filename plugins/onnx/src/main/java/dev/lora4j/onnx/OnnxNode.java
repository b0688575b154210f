package dev.lora4j.onnx;

import dev.lora4j.core.protobuf.ProtobufReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An operator of a graph ({@code NodeProto}).
 *
 * @param name for example {@code /encoder/layer.0/attention/self/query/MatMul}
 * @param operator for example {@code MatMul}
 * @param inputs names of what it reads
 * @param outputs names of what it gives
 * @param value the tensor that it is, if it is a constant
 */
record OnnxNode(
    String name,
    String operator,
    List<String> inputs,
    List<String> outputs,
    Optional<OnnxTensor> value) {
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int NAME = 3;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  private static final int ATTRIBUTE_TENSOR = 5;

  OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  static OnnxNode read(ProtobufReader message) {
    String name = "";
    String operator = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Optional<OnnxTensor> value = Optional.empty();
    while (message.next()) {
      switch (message.field()) {
        case INPUT -> inputs.add(message.text());
        case OUTPUT -> outputs.add(message.text());
        case NAME -> name = message.text();
        case OPERATOR -> operator = message.text();
        case ATTRIBUTE -> {
          Optional<OnnxTensor> tensor = tensor(message.message());
          value = tensor.isPresent() ? tensor : value;
        }
        default -> {}
      }
    }
    return new OnnxNode(name, operator, inputs, outputs, value);
  }

  private static Optional<OnnxTensor> tensor(ProtobufReader message) {
    Optional<OnnxTensor> tensor = Optional.empty();
    while (message.next()) {
      if (message.field() == ATTRIBUTE_TENSOR) {
        tensor = Optional.of(OnnxTensor.read(message.message()));
      }
    }
    return tensor;
  }
}
