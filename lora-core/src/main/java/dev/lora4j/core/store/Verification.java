package dev.lora4j.core.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reading of everything in a store, each object once. */
final class Verification {
  private final Manifests manifests;
  private final Packs packs;
  private final List<String> damages = new ArrayList<>();
  private final Map<ObjectId, Boolean> sound = new HashMap<>();

  Verification(Manifests manifests, Packs packs) {
    this.manifests = manifests;
    this.packs = packs;
  }

  List<String> run() throws IOException {
    for (Pack pack : packs.all()) {
      if (!pack.whole()) {
        damages.add(
            pack.file()
                + ": the index is damaged, so that nothing in it is found. Add the adapters again"
                + " that are named below; 'store collect' removes the file then.");
      }
    }
    for (String name : manifests.names()) {
      Optional<Manifest> manifest = manifests.read(name);
      if (manifest.isEmpty()) {
        damages.add(manifests.damaged(name));
      } else {
        for (StoredFile file : manifest.get().files()) {
          verify(name, file);
        }
      }
    }
    return damages;
  }

  private void verify(String name, StoredFile file) throws IOException {
    long at = 0;
    for (Piece piece : file.pieces()) {
      if (piece instanceof Piece.Stored object && !sound(object)) {
        damages.add(Retrieval.damaged(packs, name, file, object, at));
      }
      at += piece.length();
    }
  }

  private boolean sound(Piece.Stored object) throws IOException {
    Boolean known = sound.get(object.id());
    if (known == null) {
      known = packs.content(object.id()).filter(b -> b.length == object.length()).isPresent();
      sound.put(object.id(), known);
    }
    return known;
  }
}
