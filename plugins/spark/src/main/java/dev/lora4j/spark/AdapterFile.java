package dev.lora4j.spark;

import dev.lora4j.core.identity.Digests;
import java.io.Serializable;

/** An adapter on its way to the machines: its file, whole. */
final class AdapterFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final byte[] content;
  private final String hash;

  AdapterFile(String name, byte[] content) {
    this.name = name;
    this.content = content.clone();
    hash = Digests.hex(content);
  }

  /** Name in rows. */
  String name() {
    return name;
  }

  /** The bytes of the file; not to be changed. */
  byte[] content() {
    return content;
  }

  /** SHA-256 of the bytes. */
  String hash() {
    return hash;
  }
}
