package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.source.Augmentations;

/**
 * One time that a picture is trained on: everything that chance decides about it. The same seed,
 * epoch, picture and repeat give the same draw, whatever was drawn before.
 *
 * @param item the picture
 * @param epoch counted from 0
 * @param repeat which of the picture's times within the epoch, counted from 0
 * @param caption what it is called this time
 * @param flipped whether it is mirrored
 * @param cropX columns cut off on the left, after resizing and before mirroring
 * @param cropY rows cut off above, after resizing
 * @param colour how its colours change
 */
public record TrainingDraw(
    DataItem item,
    long epoch,
    int repeat,
    String caption,
    boolean flipped,
    int cropX,
    int cropY,
    ColourJitter colour) {
  private static final long LOOKS = 1;
  private static final long WORDS = 2;

  /** The draw for these numbers. */
  public static TrainingDraw of(DataItem item, long seed, long epoch, int repeat) {
    Augmentations how = item.source().augmentations();
    SeededNoise looks = SeededNoise.of(seed, LOOKS, epoch, item.index(), repeat);
    SeededNoise words = SeededNoise.of(seed, WORDS, epoch, item.index(), repeat);
    boolean flipped = looks.uniform() < 0.5 && how.flip();
    double across = looks.uniform();
    double down = looks.uniform();
    ColourJitter colour = ColourJitter.drawn(looks);
    return new TrainingDraw(
        item,
        epoch,
        repeat,
        item.recipe().caption(item.caption(), epoch, words),
        flipped,
        how.randomCrop() ? (int) (across * (item.fit().spareX() + 1)) : item.fit().spareX() / 2,
        how.randomCrop() ? (int) (down * (item.fit().spareY() + 1)) : item.fit().spareY() / 2,
        how.colour() ? colour : ColourJitter.NONE);
  }

  /** Columns cut off on the left of what is shown, after mirroring. */
  public int shownCropX() {
    return flipped ? item.fit().spareX() - cropX : cropX;
  }

  /** A picture as it is: its middle, not mirrored, with its plain caption; for validation. */
  public static TrainingDraw plain(DataItem item) {
    return new TrainingDraw(
        item,
        0,
        0,
        item.recipe().plain(item.caption()),
        false,
        item.fit().spareX() / 2,
        item.fit().spareY() / 2,
        ColourJitter.NONE);
  }
}
