package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
  static Map<String, String> read(Inspection inspection, Path index) {
    ShardIndex reader = new ShardIndex(inspection);
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(index), 1 << 16)) {
      if (Files.size(index) > Limits.HEADER) {
        throw inspection.fault(
            Kind.HEADER_TOO_LARGE, "is larger than " + Limits.HEADER + " bytes; refused.");
      }
      StrictJson.read(inspection, bytes, reader::entries);
    } catch (IOException e) {
      throw new SafetensorsException(Kind.IO, index + " cannot be read: " + e.getMessage(), e);
    }
    if (!reader.found) {
      throw inspection.fault(Kind.BAD_INDEX, "has no " + MAP + ", so it is no shard index.");
    }
    return reader.places;
  }

  private void entries(StrictJson json) throws IOException {
    json.beginObject("the index");
    while (json.hasNext()) {
      String field = json.name();
      if (!field.equals(MAP)) {
        json.skip(Quoted.of(field));
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
    json.beginObject(MAP);
    while (json.hasNext()) {
      String tensor = json.name();
      String file = json.string("the file of tensor " + Quoted.of(tensor));
      checkPlain(tensor, file);
      if (places.put(tensor, files.computeIfAbsent(file, f -> f)) != null) {
        throw inspection.fault(
            Kind.DUPLICATE_NAME, "places tensor " + Quoted.of(tensor) + " twice.");
      }
      if (places.size() > Limits.TENSORS) {
        throw inspection.fault(
            Kind.TOO_MANY_TENSORS, "lists more than " + Limits.TENSORS + " tensors; refused.");
      }
    }
    json.endObject();
  }

  /** A path could point at any file of the machine. */
  private void checkPlain(String tensor, String file) {
    boolean plain =
        Names.sound(file)
            && !file.contains("/")
            && !file.contains("\\")
            && !file.contains(":")
            && file.endsWith(".safetensors");
    if (!plain) {
      throw inspection.fault(
          Kind.BAD_SHARD_NAME,
          "places tensor "
              + Quoted.of(tensor)
              + " in "
              + Quoted.of(file)
              + ", which is not the plain name of a .safetensors file beside it.");
    }
  }
}
