package dev.lora4j.diffusion.config;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.clip.PromptSyntax;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import java.util.Comparator;
import java.util.List;

/** Prompts for previews where nobody gave any: what pictures of the data set are captioned. */
final class CaptionPrompts {
  private static final int MOST = 4;
  private static final int HASH_DIGITS = 16;
  private static final int HEXADECIMAL = 16;

  private CaptionPrompts() {}

  /**
   * Different captions of up to four pictures: of those that are held out, if any are, and never of
   * pictures of the class. Each picture is drawn by what is in it, so that another one more or less
   * changes little.
   */
  static List<String> of(DataSet data, long seed) {
    List<DataItem> pictures = data.validation().isEmpty() ? data.training() : data.validation();
    return pictures.stream()
        .filter(picture -> !picture.regularisation())
        .sorted(Comparator.comparingDouble(picture -> draw(picture, seed)))
        .map(picture -> picture.recipe().plain(picture.caption()))
        .filter(caption -> !caption.isBlank())
        .distinct()
        .limit(MOST)
        .map(PromptSyntax::plain)
        .toList();
  }

  private static double draw(DataItem picture, long seed) {
    String hash = picture.sha256().substring(0, HASH_DIGITS);
    return SeededNoise.of(seed, Long.parseUnsignedLong(hash, HEXADECIMAL)).uniform();
  }
}
