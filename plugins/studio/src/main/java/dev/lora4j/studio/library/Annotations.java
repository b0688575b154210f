package dev.lora4j.studio.library;

import com.google.gson.JsonObject;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** What people and programs have noted beside adapters, read and written. */
final class Annotations {
  private static final String NOTES = ".json";
  private static final String CIVITAI = ".civitai.info";

  private final AdapterPlaces places;
  private final SideFiles files = new SideFiles();

  Annotations(AdapterPlaces places) {
    this.places = places;
  }

  /**
   * What the user has noted; those in the studio's folder go before.
   *
   * @param problems receives what cannot be read
   */
  UserNotes notes(AdapterFile adapter, Neighbours neighbours, Consumer<String> problems) {
    return noted(adapter, neighbours)
        .flatMap(file -> read(file, problems))
        .map(UserNotes::of)
        .orElse(UserNotes.NONE);
  }

  private Optional<Path> noted(AdapterFile adapter, Neighbours neighbours) {
    Path kept = places.kept(adapter, NOTES);
    return Files.exists(kept) ? Optional.of(kept) : neighbours.find(adapter, List.of(NOTES));
  }

  /** Where it is from: what {@code pull} has noted goes before what other programs have. */
  Origin origin(AdapterFile adapter, Neighbours neighbours, Consumer<String> problems) {
    return noted(adapter, neighbours)
        .flatMap(file -> read(file, problems))
        .map(Origin::ofNote)
        .filter(origin -> !origin.equals(Origin.NONE))
        .or(
            () ->
                neighbours
                    .find(adapter, List.of(CIVITAI))
                    .flatMap(file -> read(file, problems))
                    .map(Origin::ofCivitai))
        .orElse(Origin.NONE);
  }

  private Optional<JsonObject> read(Path file, Consumer<String> problems) {
    try {
      return Optional.of(files.read(file));
    } catch (IOException e) {
      problems.accept(file.getFileName() + " cannot be read: " + e.getMessage() + ".");
      return Optional.empty();
    }
  }

  /**
   * Writes notes, and keeps what else their file has.
   *
   * @param triggers words of prompts; empty to leave them as they are
   * @param weight that suits it, 0 for none; empty to leave it as it is
   * @param text longer text; empty to leave it as it is
   * @throws FieldException if the file is of another form, and would be lost
   * @throws IOException if it cannot be written
   */
  void write(
      AdapterFile adapter,
      Optional<List<String>> triggers,
      OptionalDouble weight,
      Optional<String> text)
      throws IOException {
    boolean own = places.own(adapter);
    Path stem = AdapterPlaces.stem(adapter);
    Path beside = stem.resolveSibling(stem.getFileName() + NOTES);
    Path target = own ? beside : places.kept(adapter, NOTES);
    JsonObject json = before(adapter, target);
    triggers.ifPresent(words -> json.addProperty(UserNotes.TRIGGERS, String.join(", ", words)));
    weight.ifPresent(w -> json.addProperty(UserNotes.WEIGHT, w));
    text.ifPresent(t -> json.addProperty(UserNotes.TEXT, t));
    Files.createDirectories(target.resolveSibling(".").normalize());
    AtomicFile.write(target, json.toString());
  }

  private JsonObject before(AdapterFile adapter, Path target) throws IOException {
    boolean link =
        Files.exists(target, LinkOption.NOFOLLOW_LINKS)
            && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS);
    if (link) {
      throw new FieldException(
          "name", target.getFileName() + " is no file of its own. Move it away to write notes.");
    }
    Optional<Path> there =
        Files.exists(target) ? Optional.of(target) : noted(adapter, new Neighbours());
    if (there.isEmpty()) {
      return new JsonObject();
    }
    try {
      return files.read(there.get()).deepCopy();
    } catch (IOException e) {
      throw new FieldException(
          "name",
          there.get().getFileName()
              + " is left as it is, as it holds something else than notes: "
              + e.getMessage()
              + ". Move it away to write notes.");
    }
  }
}
