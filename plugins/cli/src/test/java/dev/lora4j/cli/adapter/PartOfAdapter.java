package dev.lora4j.cli.adapter;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Files with some of an adapter's layers. */
final class PartOfAdapter {
  private PartOfAdapter() {}

  /** Writes the tensors with such names, in a type. */
  static Path write(Path from, Predicate<String> names, DType type, Path to) {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors opened = Safetensors.open(from)) {
      opened
          .tensors()
          .forEach(
              (name, info) -> {
                if (names.test(name)) {
                  HostTensor tensor =
                      HostTensor.of(
                          type,
                          info.shape(),
                          HostTensor.of(
                                  info.dtype(), info.shape(), ByteBuffer.wrap(opened.bytes(name)))
                              .doubles());
                  writer.add(name, type, info.shape(), tensor.bytes());
                }
              });
    }
    writer.write(to);
    return to;
  }
}
