package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.QuotedText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the header of a file, and applies every rule of the format. */
final class GgufHeaderReader {
  private static final int MAGIC = 0x46554747;
  private static final int[] VERSIONS = {2, 3};

  /**
   * A header that was checked.
   *
   * @param version of the format
   * @param metadata in the order of the file
   * @param tensors in the order of the file, which is that of their bytes; unmodifiable
   * @param dataStart position in the file at which the tensors begin
   */
  record Header(
      int version, GgufMetadata metadata, Map<String, GgufTensor> tensors, long dataStart) {}

  private final GgufFault fault;
  private final GgufBytes file;
  private final GgufCursor cursor;

  private GgufHeaderReader(GgufFault fault, GgufBytes file) {
    this.fault = fault;
    this.file = file;
    this.cursor = new GgufCursor(fault, file);
  }

  /**
   * The checked header.
   *
   * @throws GgufException naming the first rule that is broken
   */
  static Header read(Path name, GgufBytes file) {
    return new GgufHeaderReader(new GgufFault(name), file).read();
  }

  private Header read() {
    int version = version();
    int tensors = count(Kind.TOO_MANY_TENSORS, "tensors", GgufLimits.TENSORS);
    int keys = count(Kind.TOO_MANY_KEYS, "entries of metadata", GgufLimits.KEYS);
    GgufMetadata metadata = metadata(keys);
    int alignment = metadata.alignment();
    GgufLayout layout = new GgufLayout(fault, alignment);
    Map<String, GgufTensor> found = new LinkedHashMap<>();
    for (int i = 0; i < tensors; i++) {
      GgufTensor tensor = layout.next(cursor);
      if (found.put(tensor.name(), tensor) != null) {
        throw fault.tensor(Kind.DUPLICATE_TENSOR, tensor.name(), "is there twice.");
      }
    }
    long dataStart = layout.dataStart(cursor.position(), file.size());
    layout.checkEnd(file.size() - dataStart);
    return new Header(version, metadata, Collections.unmodifiableMap(found), dataStart);
  }

  private int version() {
    if (file.size() < Integer.BYTES || cursor.word() != MAGIC) {
      byte[] head = new byte[(int) Math.min(file.size(), 16)];
      file.read(0, head, 0, head.length);
      throw fault.of(
          Kind.NOT_GGUF,
          head.length == 0
              ? "is empty. Download it again."
              : "is no GGUF file: it begins with %s instead of \"GGUF\". Download it again, or name"
                      .formatted(QuotedText.of(new String(head, StandardCharsets.ISO_8859_1)))
                  + " the right file.");
    }
    int version = cursor.word();
    for (int known : VERSIONS) {
      if (version == known) {
        return version;
      }
      if (version == Integer.reverseBytes(known)) {
        throw fault.of(
            Kind.BIG_ENDIAN,
            "is a GGUF file for big-endian machines, which is not read here. Take the usual one.");
      }
    }
    throw fault.of(
        Kind.UNKNOWN_VERSION,
        "is of version %s of the format; versions 2 and 3 can be read."
            .formatted(Integer.toUnsignedString(version)));
  }

  private int count(Kind kind, String what, int most) {
    long count = cursor.doubleWord();
    if (count < 0 || count > most) {
      throw fault.of(
          kind,
          "is damaged, or hostile: it announces %s %s, and %s are allowed."
              .formatted(Long.toUnsignedString(count), what, most));
    }
    return (int) count;
  }

  private GgufMetadata metadata(int count) {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    GgufValueReader reader = new GgufValueReader(fault, cursor);
    for (int i = 0; i < count; i++) {
      String key =
          cursor.text("the name of entry " + (i + 1) + " of its metadata", GgufLimits.NAME);
      GgufLayout.requireName(fault, "a key of its metadata", key);
      if (values.containsKey(key)) {
        throw fault.key(Kind.DUPLICATE_KEY, key, "is there twice.");
      }
      values.put(key, reader.read(key));
    }
    return new GgufMetadata(fault, values);
  }
}
