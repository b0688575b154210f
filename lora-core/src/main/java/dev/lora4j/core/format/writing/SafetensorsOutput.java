package dev.lora4j.core.format.writing;

import dev.lora4j.core.format.metadata.KohyaHashes;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import java.nio.file.Path;

/** Files of adapters in safetensors, with the hashes that their headers promise. */
final class SafetensorsOutput {
  private SafetensorsOutput() {}

  static void write(AdapterWriter layout, LayoutFile file, Metadata metadata, Path path) {
    SafetensorsWriter writer = new SafetensorsWriter();
    file.tensors()
        .forEach((key, tensor) -> writer.add(key, tensor.dtype(), tensor.shape(), tensor.bytes()));
    Metadata whole = metadata.withAll(file.metadata());
    if (whole.get(ModelSpecKeys.VERSION).isPresent()) {
      whole = whole.with(ModelSpecKeys.HASH, "0x" + KohyaHashes.of(writer, whole).model());
    }
    writer.metadata(layout.finish(writer, whole).entries()).write(path);
  }
}
