package dev.lora4j.studio.library;

import dev.lora4j.server.library.AdapterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pictures that show what adapters do: the studio's own, and those of other programs. */
final class PreviewFiles {
  /** Ending of the picture that the studio makes. */
  static final String OWN = ".preview.png";

  /** In the order in which AUTOMATIC1111 looks for them. */
  private static final List<String> ENDINGS = endings();

  private final AdapterPlaces places;

  PreviewFiles(AdapterPlaces places) {
    this.places = places;
  }

  private static List<String> endings() {
    List<String> all = new ArrayList<>();
    for (String form : List.of(".preview", "")) {
      for (String ending : List.of("png", "jpg", "jpeg", "webp", "gif")) {
        all.add(form + "." + ending);
      }
    }
    return all;
  }

  /** The picture of an adapter, if it has one; that in the studio's folder goes before. */
  Optional<Path> find(AdapterFile adapter, Neighbours neighbours) {
    Path kept = kept(adapter);
    return Files.exists(kept) ? Optional.of(kept) : neighbours.find(adapter, ENDINGS);
  }

  Path kept(AdapterFile adapter) {
    return places.kept(adapter, ".png");
  }

  /** What shows that a picture is another one; for addresses. */
  static String version(Path picture) {
    try {
      return Long.toHexString(Files.getLastModifiedTime(picture).toMillis())
          + "-"
          + Long.toHexString(Files.size(picture));
    } catch (IOException e) {
      return "0";
    }
  }
}
