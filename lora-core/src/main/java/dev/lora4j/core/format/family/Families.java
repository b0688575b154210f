package dev.lora4j.core.format.family;

import dev.lora4j.core.format.Family;
import dev.lora4j.spi.NearestNames;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The families of base models that are known. */
public final class Families {
  private static final Map<String, Family> BY_NAME = byName();

  private Families() {}

  private static Map<String, Family> byName() {
    Map<String, Family> families = new LinkedHashMap<>();
    StableDiffusionFamilies.all().forEach(f -> families.put(f.name(), f));
    TransformerFamilies.all().forEach(f -> families.put(f.name(), f));
    return Collections.unmodifiableMap(families);
  }

  /** All families, older ones first. */
  public static List<Family> all() {
    return List.copyOf(BY_NAME.values());
  }

  /**
   * The family called {@code name}, for example {@code sdxl}.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and all
   */
  public static Family named(String name) {
    Family family = BY_NAME.get(name);
    if (family == null) {
      List<String> nearest = NearestNames.near(name, BY_NAME.keySet(), 1);
      throw new IllegalArgumentException(
          "There is no family of models called '"
              + name
              + "'."
              + (nearest.isEmpty() ? "" : " Did you mean " + nearest.get(0) + "?")
              + " Known are: "
              + String.join(", ", BY_NAME.keySet())
              + ".");
    }
    return family;
  }
}
