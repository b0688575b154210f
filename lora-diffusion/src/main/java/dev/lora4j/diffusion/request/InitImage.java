package dev.lora4j.diffusion.request;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A picture to begin with instead of pure noise.
 *
 * @param picture of the size of the picture to be made
 * @param strength how much of it may change, above 0 and up to 1: the share of the steps that are
 *     made
 * @param mask where it may change; everywhere if there is none
 */
public record InitImage(Picture picture, double strength, Optional<Mask> mask) {
  private static final int HALF = 128;

  /** Checks the range and the sizes. */
  public InitImage {
    if (!(strength > 0 && strength <= 1)) {
      throw new IllegalArgumentException(
          "strength must be above 0 and at most 1, found " + strength);
    }
    mask.ifPresent(
        m -> {
          if (m.width != picture.width() || m.height != picture.height()) {
            throw new IllegalArgumentException(
                "the mask is "
                    + m.width
                    + "x"
                    + m.height
                    + ", but the picture "
                    + picture.width()
                    + "x"
                    + picture.height());
          }
        });
  }

  /** A picture that may change everywhere. */
  public static InitImage of(Picture picture, double strength) {
    return new InitImage(picture, strength, Optional.empty());
  }

  /** The same with changes only where {@code image}, brought to the picture's size, is light. */
  public InitImage within(BufferedImage image) {
    Picture scaled = Picture.of("mask", "", image, picture.width(), picture.height(), Color.BLACK);
    return new InitImage(picture, strength, Optional.of(Mask.light(scaled)));
  }

  /** SHA-256 of the picture's pixels and of the mask, in hexadecimal. */
  public String hash() {
    MessageDigest digest = Digests.sha256();
    digest.update(picture.rgb());
    mask.ifPresent(
        m -> {
          for (boolean place : m.open) {
            digest.update((byte) (place ? 1 : 0));
          }
        });
    return Digests.hex(digest);
  }

  /** Mask of the part of a picture that may change. */
  public static final class Mask {
    private final int width;
    private final int height;
    private final boolean[] open;

    private Mask(int width, int height, boolean[] open) {
      this.width = width;
      this.height = height;
      this.open = open;
    }

    /**
     * The light places of a picture.
     *
     * @throws IllegalArgumentException if there are none
     */
    private static Mask light(Picture picture) {
      int pixels = picture.width() * picture.height();
      boolean[] open = new boolean[pixels];
      boolean any = false;
      for (int i = 0; i < pixels; i++) {
        int sum = 0;
        for (int plane = 0; plane < 3; plane++) {
          sum += picture.rgb()[plane * pixels + i] & 0xff;
        }
        open[i] = sum >= 3 * HALF;
        any |= open[i];
      }
      if (!any) {
        throw new IllegalArgumentException(
            "the mask is dark everywhere, so that nothing may change; light places are what is to"
                + " be made anew");
      }
      return new Mask(picture.width(), picture.height(), open);
    }

    /** True if the pixel may change. */
    public boolean open(int x, int y) {
      return open[y * width + x];
    }

    /** 1 where the latents' place may change, else 0; each place stands for its first pixel. */
    public float[] places(int scale) {
      int columns = width / scale;
      float[] places = new float[columns * (height / scale)];
      for (int i = 0; i < places.length; i++) {
        places[i] = open(i % columns * scale, i / columns * scale) ? 1 : 0;
      }
      return places;
    }
  }

  /** Number of steps that image-to-image takes of so many. */
  public int made(int steps) {
    return (int) (steps * strength);
  }
}
