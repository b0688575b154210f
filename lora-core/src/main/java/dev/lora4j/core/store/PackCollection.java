package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removal of objects that no adapter has, and of damaged and further copies of those that one has.
 * A pack is removed once what is needed of it is in another.
 */
final class PackCollection {
  private final Packs packs;
  private final Set<ObjectId> needed;
  private final Set<ObjectId> kept = new HashSet<>();

  PackCollection(Packs packs, Set<ObjectId> needed) {
    this.packs = packs;
    this.needed = needed;
  }

  CollectedPacks run() throws IOException {
    AtomicFile.removeAbandoned(packs.folder(), name -> true);
    long before = 0;
    long after = 0;
    int changed = 0;
    for (Pack pack : List.copyOf(packs.all())) {
      long size = Files.size(pack.file());
      before += size;
      PackWriter rest = new PackWriter();
      int count = keep(pack, rest);
      boolean stays = pack.whole() ? count == pack.entries().size() : missing();
      if (stays) {
        after += size;
        continue;
      }
      changed++;
      if (!rest.isEmpty()) {
        Path written = rest.write(packs.folder());
        after += Files.size(written);
      }
      Files.deleteIfExists(pack.file());
    }
    packs.refresh();
    return new CollectedPacks(changed, before - after);
  }

  /** Counts the objects of a pack that are kept, and puts them in another. */
  private int keep(Pack pack, PackWriter rest) throws IOException {
    int count = 0;
    for (PackEntry entry : pack.entries()) {
      if (needed.contains(entry.id()) && !kept.contains(entry.id()) && best(pack, entry)) {
        kept.add(entry.id());
        count++;
        rest.copy(entry, () -> pack.held(entry));
      }
    }
    return count;
  }

  /** True unless a pack has a damaged copy of what another has whole. */
  private boolean best(Pack pack, PackEntry entry) throws IOException {
    return !packs.several(entry.id())
        || pack.content(entry).isPresent()
        || packs.content(entry.id()).isEmpty();
  }

  /** True if an object is needed that no pack has, so that a pack without index may have it. */
  private boolean missing() {
    return needed.stream().anyMatch(id -> packs.files(id).isEmpty());
  }
}
