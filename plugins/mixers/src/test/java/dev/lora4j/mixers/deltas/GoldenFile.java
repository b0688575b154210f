package dev.lora4j.mixers.deltas;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Files that the scripts of {@code golden/} write. */
final class GoldenFile {
  private static final Path FILES = Path.of("src/test/resources/dev/lora4j/mixers/deltas");

  private GoldenFile() {}

  /** All tensors of one, by name. */
  static Map<String, HostTensor> read(String name) {
    Map<String, HostTensor> all = new TreeMap<>();
    try (Safetensors file = Safetensors.open(FILES.resolve(name + ".safetensors"))) {
      file.tensors()
          .forEach(
              (key, info) ->
                  all.put(key, HostTensor.of(info.dtype(), info.shape(), file.read(key))));
    }
    return all;
  }
}
