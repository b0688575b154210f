package dev.lora4j.cli.adapter;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Files with the tensors of one and the strings of another. */
public final class WithHeader {
  private WithHeader() {}

  /** The tensors of {@code from} with the header of {@code other}. */
  public static Path of(Path from, Path other, Path to) {
    try (Safetensors header = Safetensors.open(other)) {
      return of(from, header.metadata(), to);
    }
  }

  /** The tensors of {@code from} with these strings. */
  public static Path of(Path from, Map<String, String> metadata, Path to) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    try (Safetensors opened = Safetensors.open(from)) {
      opened
          .tensors()
          .forEach(
              (name, info) ->
                  writer.add(
                      name, info.dtype(), info.shape(), ByteBuffer.wrap(opened.bytes(name))));
    }
    writer.write(to);
    return to;
  }
}
