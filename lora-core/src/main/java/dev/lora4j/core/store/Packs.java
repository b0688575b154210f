package dev.lora4j.core.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The packs of a store with where each object is. Used by who has the store's lock alone. */
final class Packs {
  /** Where an object is, and where copies of it are. */
  private record Place(Pack pack, PackEntry entry, List<Place> others) {}

  private final Path folder;
  private final Map<Path, Pack> packs = new TreeMap<>();
  private final Map<ObjectId, Place> places = new HashMap<>();

  Packs(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** Follows what others have written and removed since. */
  void refresh() throws IOException {
    List<Path> there = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + Pack.ENDING)) {
      found.forEach(there::add);
    }
    if (!there.containsAll(packs.keySet())) {
      packs.clear();
      places.clear();
    }
    for (Path file : there) {
      if (!packs.containsKey(file)) {
        add(file);
      }
    }
  }

  private void add(Path file) throws IOException {
    Pack pack;
    try {
      pack = Pack.open(file);
    } catch (NoSuchFileException e) {
      return;
    }
    packs.put(file, pack);
    for (PackEntry entry : pack.entries()) {
      Place place = new Place(pack, entry, List.of());
      places.merge(entry.id(), place, Packs::with);
    }
  }

  private static Place with(Place first, Place other) {
    List<Place> others = new ArrayList<>(first.others());
    others.add(other);
    return new Place(first.pack(), first.entry(), others);
  }

  /** Writes a pack, in the place of one that has the same objects. */
  void write(PackWriter writer) throws IOException {
    Path file = writer.write(folder);
    if (packs.containsKey(file)) {
      // It replaced a damaged one, whose index may have been lost.
      packs.clear();
      places.clear();
      refresh();
    } else {
      add(file);
    }
  }

  Collection<Pack> all() {
    return packs.values();
  }

  /** Number of different objects. */
  int objects() {
    return places.size();
  }

  /** The object, from the first pack that has it as it was; empty if none has. */
  Optional<byte[]> content(ObjectId id) throws IOException {
    Place place = places.get(id);
    if (place == null) {
      return Optional.empty();
    }
    Optional<byte[]> content = place.pack().content(place.entry());
    for (int i = 0; content.isEmpty() && i < place.others().size(); i++) {
      Place other = place.others().get(i);
      content = other.pack().content(other.entry());
    }
    return content;
  }

  /** True if several packs have the object. */
  boolean several(ObjectId id) {
    Place place = places.get(id);
    return place != null && !place.others().isEmpty();
  }

  /** Files of the packs that have the object, in any state. */
  List<Path> files(ObjectId id) {
    Place place = places.get(id);
    if (place == null) {
      return List.of();
    }
    List<Path> files = new ArrayList<>(List.of(place.pack().file()));
    place.others().forEach(other -> files.add(other.pack().file()));
    return List.copyOf(files);
  }
}
