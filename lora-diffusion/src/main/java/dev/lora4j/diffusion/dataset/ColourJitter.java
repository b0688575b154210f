package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.image.PixelMap;

/**
 * A small change of colour in a third of the draws: hue turned by up to 16 degrees, or brightness
 * by a gamma of 0.95 to 1.05; kohya's {@code color_aug}.
 *
 * @param degrees by how much hue turns
 * @param gamma exponent of brightness
 */
public record ColourJitter(double degrees, double gamma) implements Canonical {
  /** No change. */
  public static final ColourJitter NONE = new ColourJitter(0, 1);

  private static final double SHARE = 0.33;
  private static final double MOST_DEGREES = 16;
  private static final double MOST_GAMMA = 0.05;
  private static final double LARGEST = 255;

  static ColourJitter drawn(SeededNoise noise) {
    boolean changes = noise.uniform() < SHARE;
    boolean turns = noise.uniform() < 0.5;
    double amount = 2 * noise.uniform() - 1;
    if (!changes) {
      return NONE;
    }
    return turns
        ? new ColourJitter(MOST_DEGREES * amount, 1)
        : new ColourJitter(0, 1 + MOST_GAMMA * amount);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ColourJitter").with("degrees", degrees).with("gamma", gamma).text();
  }

  /** Red, green and blue of {@code picture} changed. */
  PixelMap of(PixelMap picture) {
    if (equals(NONE)) {
      return picture;
    }
    byte[] in = picture.samples();
    byte[] out = new byte[in.length];
    // Hue turns about the gray axis: Rodrigues' formula for the axis (1, 1, 1) / sqrt(3).
    double cosine = Math.cos(Math.toRadians(degrees));
    double sine = Math.sin(Math.toRadians(degrees)) / Math.sqrt(3);
    double same = cosine + (1 - cosine) / 3;
    double next = (1 - cosine) / 3 - sine;
    double last = (1 - cosine) / 3 + sine;
    for (int i = 0; i < in.length; i += 3) {
      double red = in[i] & 0xff;
      double green = in[i + 1] & 0xff;
      double blue = in[i + 2] & 0xff;
      out[i] = bent(same * red + next * green + last * blue);
      out[i + 1] = bent(last * red + same * green + next * blue);
      out[i + 2] = bent(next * red + last * green + same * blue);
    }
    return new PixelMap(picture.width(), picture.height(), picture.channels(), out);
  }

  private byte bent(double value) {
    double within = Math.max(0, Math.min(LARGEST, value)) / LARGEST;
    return (byte) Math.round(LARGEST * Math.pow(within, gamma));
  }
}
