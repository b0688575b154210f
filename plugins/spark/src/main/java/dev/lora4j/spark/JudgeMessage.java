package dev.lora4j.spark;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The judges, as they are sent: the files of two classifiers, and the style that is asked about.
 *
 * @param id equal for equal judges and styles
 */
@SuppressWarnings("ArrayRecordComponent") // Sent and read, never compared.
record JudgeMessage(
    String id,
    byte[] styles,
    byte[] concepts,
    String name,
    String label,
    LinkedHashMap<Integer, PictureMessage> truths,
    PictureMessage mean)
    implements Serializable {
  /** A picture, as it is sent. */
  @SuppressWarnings("ArrayRecordComponent") // Sent and read, never compared.
  record PictureMessage(String name, int width, int height, byte[] rgb) implements Serializable {
    static PictureMessage of(Picture picture) {
      return new PictureMessage(picture.name(), picture.width(), picture.height(), picture.rgb());
    }

    Picture picture() {
      return new Picture(name, "", width, height, rgb);
    }
  }

  static JudgeMessage of(Path styles, Path concepts, JudgedStyle style) {
    LinkedHashMap<Integer, PictureMessage> truths = new LinkedHashMap<>();
    style.truths().forEach((concept, truth) -> truths.put(concept, PictureMessage.of(truth)));
    byte[] first = content(styles);
    byte[] second = content(concepts);
    StringBuilder all =
        new StringBuilder(style.name()).append(style.label()).append(truths.keySet());
    all.append(Digests.hex(first)).append(Digests.hex(second));
    truths.values().forEach(truth -> all.append(Digests.hex(truth.rgb())));
    return new JudgeMessage(
        Digests.hex(all.toString().getBytes(StandardCharsets.UTF_8)),
        first,
        second,
        style.name(),
        style.label().orElse(""),
        truths,
        PictureMessage.of(style.mean()));
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The judge " + file + " cannot be read.", e);
    }
  }

  JudgedStyle style() {
    Map<Integer, Picture> pictures = new LinkedHashMap<>();
    truths.forEach((concept, truth) -> pictures.put(concept, truth.picture()));
    Optional<String> known = label.isEmpty() ? Optional.empty() : Optional.of(label);
    return new JudgedStyle(name, known, pictures, mean.picture());
  }
}
