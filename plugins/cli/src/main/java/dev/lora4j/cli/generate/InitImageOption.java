package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.PictureFile;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A picture to begin with, and where it may change. */
final class InitImageOption {
  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "Begin with this picture instead of noise.")
  private Optional<Path> image = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "X",
      description = "How much of the picture may change, up to 1 (default: 0.75, with a mask 1).")
  private Optional<Double> strength = Optional.empty();

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description = "Change the picture only where this one is light.")
  private Optional<Path> mask = Optional.empty();

  private Optional<BufferedImage> pixels = Optional.empty();
  private Optional<BufferedImage> open = Optional.empty();

  /** Reads the pictures, and complains about what cannot work, before anything slow begins. */
  void require() {
    if (image.isEmpty() && (mask.isPresent() || strength.isPresent())) {
      throw Failure.usage(
          "--mask and --strength need a picture to begin with; give it by --image.");
    }
    double share = strength.orElse(1.0);
    if (!(share > 0 && share <= 1)) {
      throw Failure.usage("--strength must be above 0 and at most 1, found " + share + ".");
    }
    pixels = image.map(ExistingPath::file).map(PictureFile::read);
    open = mask.map(ExistingPath::file).map(PictureFile::read);
  }

  /** Refuses to write over what is read. */
  void requireOther(Path file) {
    image.ifPresent(f -> OutputFile.requireOther(file, f, "the picture to begin with"));
    mask.ifPresent(f -> OutputFile.requireOther(file, f, "the mask"));
  }

  /**
   * A prompt with the init image.
   *
   * @param unit unit of the base's picture sizes
   * @param usual the strength without the option; absent for the default
   */
  Prompt begin(Prompt prompt, int unit, Optional<Double> usual) {
    if (image.isEmpty() || pixels.isEmpty()) {
      return prompt;
    }
    BufferedImage first = pixels.get();
    int width = prompt.width() > 0 ? prompt.width() : whole(first.getWidth(), unit);
    int height = prompt.height() > 0 ? prompt.height() : whole(first.getHeight(), unit);
    Picture picture = Picture.of(image.get().toString(), "", first, width, height, Color.WHITE);
    double share = strength.or(() -> usual).orElse(open.isPresent() ? 1.0 : 0.75);
    InitImage start = InitImage.of(picture, share);
    return prompt.start(open.map(start::within).orElse(start));
  }

  /** The largest multiple of {@code unit} that is not larger, or {@code unit}. */
  private static int whole(int pixels, int unit) {
    return Math.max(unit, pixels / unit * unit);
  }
}
