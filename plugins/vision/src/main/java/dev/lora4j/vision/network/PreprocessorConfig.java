package dev.lora4j.vision.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.dataset.image.Resampling;
import dev.lora4j.vision.data.PicturePreparation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Preparation that a {@code preprocessor_config.json} of transformers asks for, computed as its
 * processors on Pillow do.
 */
public final class PreprocessorConfig {
  static final String FILE = "preprocessor_config.json";
  private static final String SHORTEST = "shortest_edge";

  /** From this size on ConvNext's processor cuts nothing off. */
  private static final int WHOLE = 384;

  private final ConfigFile config;

  private PreprocessorConfig(ConfigFile config) {
    this.config = config;
  }

  /**
   * The preparation of a model: by its folder's file, if it has one, else that of torchvision.
   *
   * @throws ModelException if the file asks for something that is not supported
   */
  public static PicturePreparation of(Path model) {
    Path file = model.resolve(FILE);
    return Files.isDirectory(model) && Files.exists(file)
        ? new PreprocessorConfig(ConfigFile.read(file)).preparation()
        : PicturePreparation.IMAGENET;
  }

  private PicturePreparation preparation() {
    String type = config.text("image_processor_type", config.text("feature_extractor_type", ""));
    boolean convNext = type.startsWith("ConvNext");
    config.require("do_resize", "true");
    config.require("do_rescale", "true");
    config.require("do_pad", "false");
    boolean normed = config.flag("do_normalize", true);
    int[] sides = convNext ? convNext() : type.startsWith("ViT") ? exact() : cropped(type);
    return new PicturePreparation(
        sides[0],
        sides[1],
        window(config.integer("resample", type.startsWith("ViT") ? 2 : 3)),
        false,
        config.real("rescale_factor", 1.0 / 255),
        normed ? config.reals("image_mean") : three(0),
        normed ? config.reals("image_std") : three(1));
  }

  private int[] convNext() {
    config.require("do_center_crop", "false");
    int size = side("size", SHORTEST, 384);
    double share = config.between("crop_pct", 0.1, 1, 224.0 / 256);
    return size < WHOLE ? new int[] {(int) (size / share), size} : new int[] {0, size};
  }

  private int[] exact() {
    config.require("do_center_crop", "false");
    int height = side("size", "height", 224);
    requireSquare("size", height);
    return new int[] {0, height};
  }

  private int[] cropped(String type) {
    if (!type.isEmpty()
        && !List.of("Bit", "CLIP").contains(type.replaceFirst("(Image|Feature).*", ""))) {
      throw new ModelException(
          "%s: pictures are prepared by '%s'; ConvNext, ViT, Bit and CLIP are supported."
              .formatted(config.file(), type));
    }
    config.require("do_center_crop", "true");
    int size = side("crop_size", "height", 224);
    requireSquare("crop_size", size);
    int shorter = side("size", SHORTEST, 224);
    if (shorter < size) {
      throw new ModelException(
          "%s: 'crop_size' is %d, more than the %d pixels of 'size'; pictures are not padded."
              .formatted(config.file(), size, shorter));
    }
    return new int[] {shorter, size};
  }

  private int side(String key, String part, int otherwise) {
    if (!config.has(key)) {
      return otherwise;
    }
    Optional<ConfigFile> section = config.section(key);
    if (section.isPresent()) {
      if (!section.get().has(part)) {
        throw new ModelException(
            "%s: '%s' has no '%s'; resizing in another way is not supported."
                .formatted(config.file(), key, part));
      }
      return section.get().within(part, 1, 1 << 14);
    }
    return config.within(key, 1, 1 << 14);
  }

  private void requireSquare(String key, int height) {
    int width = config.section(key).map(s -> s.integer("width", height)).orElse(height);
    if (width != height) {
      throw new ModelException(
          "%s: '%s' is %dx%d; squares alone are supported."
              .formatted(config.file(), key, width, height));
    }
  }

  private Resampling window(int number) {
    return switch (number) {
      case 1 -> Resampling.LANCZOS;
      case 2 -> Resampling.BILINEAR;
      case 3 -> Resampling.BICUBIC;
      default ->
          throw new ModelException(
              "%s: 'resample' is %d; expected 1 (Lanczos), 2 (bilinear) or 3 (bicubic)."
                  .formatted(config.file(), number));
    };
  }

  private static List<Double> three(double value) {
    return Collections.nCopies(3, value);
  }
}
