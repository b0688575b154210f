package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;
import java.util.Locale;

/** Numbers that stand for a picture; a judge learns from them alone. */
public enum PictureFeatures {
  /** Style, whatever the picture shows: {@link StyleFeatures}. */
  STYLE,

  /** Content and its place, less the style: {@link DrawingFeatures}. */
  DRAWING;

  /** The numbers of a picture: always as many for pictures of one size. */
  public float[] of(Picture picture) {
    return switch (this) {
      case STYLE -> StyleFeatures.of(picture);
      case DRAWING -> DrawingFeatures.of(picture);
    };
  }

  /** Name in lower case, as in files. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #text} wrote. */
  static PictureFeatures of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
