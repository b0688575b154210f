package dev.lora4j.diffusion.latent;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Between pictures of 8 bits and tensors in [-1, 1]. */
public final class Pixels {
  private static final double HALF = 127.5;

  private Pixels() {}

  /** Planes red, green, blue as a picture; values outside [-1, 1] are cut. */
  public static BufferedImage image(Planes picture) {
    int height = picture.height();
    int width = picture.width();
    float[] values = picture.values();
    int plane = height * width;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new TensorException(
            "The autoencoder gave numbers that are not finite, where the steps before did not;"
                + " compute in F32.");
      }
    }
    for (int i = 0; i < plane; i++) {
      int rgb =
          level(values[i]) << 16 | level(values[plane + i]) << 8 | level(values[2 * plane + i]);
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  /** A picture as an image. */
  public static BufferedImage image(Picture picture) {
    int plane = picture.width() * picture.height();
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int rgb =
          (picture.rgb()[i] & 0xff) << 16
              | (picture.rgb()[plane + i] & 0xff) << 8
              | (picture.rgb()[2 * plane + i] & 0xff);
      image.setRGB(i % picture.width(), i / picture.width(), rgb);
    }
    return image;
  }

  private static int level(float value) {
    return (int) Math.rint(Math.min(255, Math.max(0, (value + 1) * HALF)));
  }

  /** F32 [pictures, 3, height, width] in [-1, 1]. */
  public static Tensor tensor(Scope scope, List<Picture> pictures) {
    Picture first = pictures.get(0);
    float[] values = new float[pictures.size() * first.rgb().length];
    for (int i = 0; i < pictures.size(); i++) {
      float[] one = values(pictures.get(i));
      System.arraycopy(one, 0, values, i * one.length, one.length);
    }
    return Tensor.of(scope, Shape.of(pictures.size(), 3, first.height(), first.width()), values);
  }

  /** [3, height, width] in [-1, 1]. */
  public static float[] values(Picture picture) {
    float[] values = new float[picture.rgb().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((picture.rgb()[i] & 0xff) / HALF - 1);
    }
    return values;
  }

  /** Latents cut into rows, shifted and scaled as the denoiser takes them. */
  public static List<float[]> rows(float[] latents, int count, AutoencoderNetwork vae) {
    int width = latents.length / count;
    List<float[]> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float[] row = Arrays.copyOfRange(latents, i * width, (i + 1) * width);
      for (int j = 0; j < width; j++) {
        row[j] = (float) ((row[j] - vae.shiftFactor()) * vae.scalingFactor());
      }
      rows.add(row);
    }
    return rows;
  }
}
