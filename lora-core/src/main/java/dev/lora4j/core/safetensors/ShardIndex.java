package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads an index file: which tensor is in which shard. */
final class ShardIndex {
  private static final String MAP = "weight_map";

  private final Inspection inspection;
  private final Map<String, String> places = new LinkedHashMap<>();
  private final Map<String, String> files = new HashMap<>();
  private boolean found;

  private ShardIndex(Inspection inspection) {
    this.inspection = inspection;
  }

  /** File names by tensor name, in the order of the index. */
  static Map<String, String> read(Inspection inspection, Bytes file) {
    if (file.size() > Limits.HEADER) {
      throw inspection.fault(
          Kind.HEADER_TOO_LARGE, "is larger than %s bytes; refused.".formatted(Limits.HEADER));
    }
    checkText(inspection, file);
    ShardIndex reader = new ShardIndex(inspection);
    try (InputStream bytes = file.stream(0, file.size())) {
      StrictJson.read(inspection, bytes, reader::entries);
    } catch (IOException e) {
      // The stream itself throws none, and the parser's are errors of ours already.
      throw new UncheckedIOException(e);
    }
    if (!reader.found) {
      throw inspection.fault(Kind.BAD_INDEX, "has no " + MAP + ", so it is no shard index.");
    }
    return reader.places;
  }

  /** Recognises an index saved from a web page or by Git LFS and names it as that. */
  private static void checkText(Inspection inspection, Bytes file) {
    byte[] head = new byte[(int) Math.min(file.size(), FileSignature.LENGTH)];
    file.read(0, ByteBuffer.wrap(head));
    if (FileSignature.json(head)) {
      return;
    }
    FileSignature.of(head)
        .ifPresent(
            f -> {
              throw inspection.fault(f.kind(), f.message());
            });
  }

  private void entries(StrictJson json) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String field = json.name();
      if (!field.equals(MAP)) {
        json.skip();
      } else if (found) {
        throw inspection.fault(Kind.DUPLICATE_NAME, "has two fields " + MAP + ".");
      } else {
        found = true;
        places(json);
      }
    }
    json.endObject();
  }

  private void places(StrictJson json) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String tensor = json.name();
      String file = json.string();
      checkPlain(tensor, file);
      if (places.put(tensor, files.computeIfAbsent(file, f -> f)) != null) {
        throw inspection.fault(
            Kind.DUPLICATE_NAME, "places tensor " + QuotedText.of(tensor) + " twice.");
      }
      if (places.size() > Limits.TENSORS) {
        throw inspection.fault(
            Kind.TOO_MANY_TENSORS, "lists more than " + Limits.TENSORS + " tensors; refused.");
      }
    }
    json.endObject();
  }

  /** A path could point at any file of the machine; a colon names drives and streams on Windows. */
  private void checkPlain(String tensor, String file) {
    boolean plain = file.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\' || c == ':');
    if (!plain || !file.endsWith(".safetensors")) {
      throw inspection.fault(
          Kind.BAD_SHARD_NAME,
          "places tensor %s in %s, which is not the plain name of a .safetensors file beside it."
              .formatted(QuotedText.of(tensor), QuotedText.of(file)));
    }
  }
}
