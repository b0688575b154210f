package dev.lora4j.server.a1111;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.UnknownAdapterException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Metadata in the headers of adapters. Remembers the last; may be used from several threads. */
final class AdapterMetadata {
  private static final int KEPT = 1_000;

  private final AdapterLibrary library;
  private final Map<AdapterFile, Map<String, String>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AdapterFile, Map<String, String>> eldest) {
          return size() > KEPT;
        }
      };

  AdapterMetadata(AdapterLibrary library) {
    this.library = library;
  }

  /** Metadata of an adapter; none if it is not admitted, cannot be read, or is a folder. */
  Map<String, String> of(AdapterFile listed) {
    try {
      AdapterFile file = library.find(listed.key().owner(), listed.key().name());
      synchronized (known) {
        Map<String, String> before = known.get(file);
        if (before != null) {
          return before;
        }
      }
      Map<String, String> read = read(file);
      synchronized (known) {
        known.put(file, read);
      }
      return read;
    } catch (UnknownAdapterException e) {
      return Map.of();
    }
  }

  private static Map<String, String> read(AdapterFile file) {
    if (file.parts().size() != 1) {
      return Map.of();
    }
    try (Safetensors header = Safetensors.open(file.parts().get(0).real())) {
      return Map.copyOf(header.metadata());
    } catch (SafetensorsException | UncheckedIOException e) {
      return Map.of();
    }
  }
}
