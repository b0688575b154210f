package dev.lora4j.server.library;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names that are in use: those found in the folders, those given on request, and without those that
 * were taken away on request. Guarded by the library.
 */
final class AdapterNames {
  private List<AdapterFile> scanned = List.of();
  private final Map<AdapterKey, AdapterFile> given = new HashMap<>();
  private final Set<AdapterKey> hidden = new HashSet<>();

  /** What the folders have now; a name that was taken away and has no file is forgotten. */
  void scanned(List<AdapterFile> files) {
    scanned = List.copyOf(files);
    Set<AdapterKey> there = new HashSet<>();
    files.forEach(f -> there.add(f.key()));
    hidden.retainAll(there);
  }

  /** Gives a name to an adapter; it goes before one of the folders. */
  void give(AdapterFile file) {
    given.put(file.key(), file);
    hidden.remove(file.key());
  }

  /** Takes a name away, from an adapter of the folders too, until it is given again. */
  void take(AdapterKey key) {
    given.remove(key);
    if (scanned.stream().anyMatch(f -> f.key().equals(key))) {
      hidden.add(key);
    }
  }

  boolean given(AdapterKey key) {
    return given.containsKey(key);
  }

  /** One adapter for each name. */
  List<AdapterFile> all() {
    List<AdapterFile> all = new ArrayList<>(given.values());
    for (AdapterFile file : scanned) {
      if (!hidden.contains(file.key()) && !given.containsKey(file.key())) {
        all.add(file);
      }
    }
    return all;
  }
}
