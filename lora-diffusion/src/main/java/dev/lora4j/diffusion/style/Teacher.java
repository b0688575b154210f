package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import java.nio.file.Path;

/**
 * An adapter that another one learns from, and its pictures.
 *
 * @param adapter whose predictions are the targets
 * @param weight strength of the adapter, not 0
 * @param folder its pictures, of no other teacher
 * @param own words before each caption when it predicts; empty for none
 * @param trigger words before or behind each caption of the student; empty for none
 */
public record Teacher(Adapter adapter, double weight, Path folder, String own, String trigger) {
  /** Checks the weight. */
  public Teacher {
    if (weight == 0 || !Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "The weight of the teacher "
              + adapter.name()
              + " is a number other than 0, found "
              + weight
              + ".");
    }
    folder = folder.toAbsolutePath().normalize();
  }

  /** The adapter at its weight. */
  public MixPlan plan() {
    return MixPlan.of(adapter, weight);
  }

  /** True if a picture is one of its own. */
  boolean has(Path picture) {
    return picture.toAbsolutePath().normalize().startsWith(folder);
  }

  /** Its caption of a picture that has a caption for the student. */
  String caption(String student) {
    if (student.isEmpty()) {
      return "";
    }
    String plain = without(student, trigger);
    String joint = own.isEmpty() || plain.isEmpty() ? "" : ", ";
    return own + joint + plain;
  }

  private static String without(String caption, String words) {
    if (words.isEmpty()) {
      return caption;
    }
    if (caption.startsWith(words)) {
      return caption.substring(words.length()).replaceFirst("^,\\s*", "");
    }
    return caption.endsWith(words)
        ? caption.substring(0, caption.length() - words.length()).replaceFirst("\\s*,\\s*$", "")
        : caption;
  }
}
