package dev.lora4j.emoji;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.StageSettings;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The pictures of a stage.
 *
 * @param training those that it is trained on
 * @param heldOut those that it is scored by
 */
record PictureSplit(List<Picture> training, List<Picture> heldOut) {
  private static final long HELD_OUT = "held-out pictures".hashCode();

  /**
   * Reads the pictures of a stage's styles and draws which are held out.
   *
   * @throws RunProblems if there are not enough
   */
  static PictureSplit of(Path data, StageSettings stage, long seed) throws IOException {
    List<Picture> all = new ArrayList<>();
    for (String style : stage.styles()) {
      all.addAll(Atlas.pictures(data, style));
    }
    if (all.size() <= stage.heldOut()) {
      throw new RunProblems(
          List.of(
              String.join(", ", stage.styles())
                  + " have "
                  + all.size()
                  + " pictures in "
                  + data
                  + ", so held_out cannot be "
                  + stage.heldOut()
                  + "; some must be left to train on."));
    }
    int[] order = SeededNoise.of(seed, HELD_OUT).permutation(all.size());
    List<Picture> training = new ArrayList<>();
    List<Picture> heldOut = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      (i < stage.heldOut() ? heldOut : training).add(all.get(order[i]));
    }
    return new PictureSplit(training, heldOut);
  }
}
