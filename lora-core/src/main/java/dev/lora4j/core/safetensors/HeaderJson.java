package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of a header, checked against the types of the format. What the entries mean together is
 * checked by {@link DataLayout}.
 *
 * <p>A tree or a data binder would keep the last of two equal names; another reader keeps the
 * first, and the two see different models in one file. So the stream is read here by hand.
 */
final class HeaderJson {
  private final Inspection inspection;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private Optional<Map<String, String>> metadata = Optional.empty();

  private HeaderJson(Inspection inspection) {
    this.inspection = inspection;
  }

  /** Tensors as the header lists them, and the metadata. */
  record Content(List<TensorInfo> tensors, Map<String, String> metadata) {}

  /** Reads {@code bytes} to their end. */
  static Content read(Inspection inspection, InputStream bytes) throws IOException {
    HeaderJson header = new HeaderJson(inspection);
    StrictJson.read(inspection, bytes, header::entries);
    return new Content(
        new ArrayList<>(header.tensors.values()), header.metadata.orElseGet(Map::of));
  }

  private void entries(StrictJson json) throws IOException {
    TensorEntry entry = new TensorEntry(inspection, json);
    json.beginObject();
    while (json.hasNext()) {
      String name = json.name();
      if (name.equals(Limits.METADATA)) {
        if (metadata.isPresent()) {
          throw duplicate(name);
        }
        // The reference reader takes null for no metadata, and some writers write it.
        metadata = Optional.of(json.skipNull() ? Map.of() : strings(json));
      } else if (tensors.size() == Limits.TENSORS) {
        throw inspection.fault(
            Kind.TOO_MANY_TENSORS, "lists more than " + Limits.TENSORS + " tensors; refused.");
      } else if (tensors.putIfAbsent(name, entry.read(name)) != null) {
        throw duplicate(name);
      }
    }
    json.endObject();
  }

  private Map<String, String> strings(StrictJson json) throws IOException {
    Map<String, String> strings = new LinkedHashMap<>();
    json.beginObject();
    while (json.hasNext()) {
      String key = json.name();
      if (strings.putIfAbsent(key, json.string()) != null) {
        throw duplicate(key);
      }
      // A short entry takes seven bytes of a header and twenty times that of the heap.
      if (strings.size() > Limits.METADATA_ENTRIES) {
        throw inspection.fault(
            Kind.TOO_MUCH_METADATA,
            "has more than " + Limits.METADATA_ENTRIES + " metadata entries; refused.");
      }
    }
    json.endObject();
    return strings;
  }

  private SafetensorsException duplicate(String name) {
    return inspection.fault(
        Kind.DUPLICATE_NAME,
        "has two entries named "
            + QuotedText.of(name)
            + ", so readers would disagree on its content.");
  }
}
