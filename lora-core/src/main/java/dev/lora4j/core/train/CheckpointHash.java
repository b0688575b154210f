package dev.lora4j.core.train;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of a checkpoint's content, as lower-case hexadecimal digits. */
final class CheckpointHash {
  private final MessageDigest digest = Digests.sha256();

  /**
   * Hash of names, types, shapes and bytes of tensors, and of strings, in the order of their names.
   */
  static String of(Map<String, HostTensor> tensors, Map<String, String> metadata) {
    CheckpointHash hash = new CheckpointHash();
    new TreeMap<>(metadata)
        .forEach(
            (name, value) -> {
              hash.add(name);
              hash.add(value);
            });
    new TreeMap<>(tensors)
        .forEach(
            (name, tensor) -> {
              hash.add(name);
              hash.add(tensor.canonical());
              hash.digest.update(tensor.bytes());
            });
    return hash.text();
  }

  /** Hash of names, shapes and order of weights. */
  static String of(FlatLayout layout) {
    CheckpointHash hash = new CheckpointHash();
    for (FlatLayout.Slot slot : layout.slots()) {
      hash.add(slot.parameter().name());
      hash.add(slot.parameter().shape().canonical());
    }
    return hash.text();
  }

  /** Adds a text with its length before it, so that no two lists of texts have the same bytes. */
  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private String text() {
    return Digests.hex(digest);
  }
}
