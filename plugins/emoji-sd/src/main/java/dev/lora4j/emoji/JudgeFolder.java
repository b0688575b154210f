package dev.lora4j.emoji;

import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import dev.lora4j.diffusion.dataset.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Folder of the judges: the concepts that are in no style set, their true pictures, and two
 * classifiers. {@code concepts.tsv} in the folder lists all concepts; its column {@code split}
 * marks those that are held out.
 */
public record JudgeFolder(Path folder) {
  /** The style of Fluent Emoji, flat, which the base knows. */
  public static final String FLAT = "fluent-flat";

  /** The style of the set {@code ink}: Fluent Emoji, high contrast. */
  public static final String INK = "fluent-hc";

  /** The style of the adapter {@code glossy}: Fluent Emoji, 3D. */
  public static final String GLOSSY = "fluent-3d";

  /** The style of the set {@code pixel}, of which there are no true pictures. */
  public static final String PIXEL = "pixel";

  /** File of the style classifier. */
  public Path styleClassifier() {
    return folder.resolve("style.safetensors");
  }

  /** File of the retrieval of concepts. */
  public Path conceptRetrieval() {
    return folder.resolve("concept.safetensors");
  }

  /** The names of all concepts; a concept's number is its place. */
  public List<String> names() {
    return concepts().stream().map(Concept::name).toList();
  }

  /** The names of the concepts that are held out, by number. */
  public Map<Integer, String> heldOut() {
    Map<Integer, String> held = new LinkedHashMap<>();
    for (Concept concept : concepts()) {
      if (concept.styles().contains(INK)) {
        held.put(concept.index(), concept.name());
      }
    }
    return held;
  }

  private List<Concept> concepts() {
    try {
      return Atlas.concepts(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled concepts: " + e.getMessage(), e);
    }
  }

  /** The true pictures of the held-out concepts in a style, by the concept's number. */
  public Map<Integer, Picture> truths(String style) {
    try {
      Map<Integer, Picture> truths = new LinkedHashMap<>();
      for (Picture picture : Atlas.pictures(folder, style)) {
        String name = picture.name();
        truths.put(Integer.parseInt(name.substring(name.indexOf('/') + 1)), picture);
      }
      return truths;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read the bundled pictures of " + style + ": " + e.getMessage(), e);
    }
  }
}
