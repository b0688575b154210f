package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.PictureFile;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.ReferenceImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Pictures that the denoiser sees beside the one that it makes. */
final class ReferenceOption {
  @Option(
      names = "--reference",
      paramLabel = "FILE",
      description =
          "Show the denoiser this picture beside the one that it makes, for FLUX.1 Kontext and"
              + " FLUX.2; may be given several times for FLUX.2.")
  private List<Path> files = new ArrayList<>();

  private final List<BufferedImage> images = new ArrayList<>();

  /** Reads the pictures before anything slow begins. */
  void require() {
    files.forEach(file -> images.add(PictureFile.read(ExistingPath.file(file))));
  }

  /** Refuses to write over what is read. */
  void requireOther(Path file) {
    files.forEach(f -> OutputFile.requireOther(file, f, "a reference picture"));
  }

  /** Refuses pictures that the base does not take, before any of its weights is read. */
  void requireFits(BaseOutline base) {
    int most = base.mostReferences();
    if (files.size() > most) {
      throw new Failure(
          base.path()
              + (most == 0
                  ? " takes no reference pictures, as FLUX.1 Kontext and FLUX.2 do. Leave --reference"
                      + " out, or begin with the picture: --image."
                  : " takes at most "
                      + most
                      + (most == 1 ? " reference picture" : " reference pictures")
                      + ", found "
                      + files.size()
                      + "."));
    }
  }

  /**
   * A prompt with the pictures, brought to sizes that the base can divide. One that names no size
   * gets that of the first.
   */
  Prompt beside(Prompt prompt, DiffusionModel base) {
    if (files.isEmpty()) {
      return prompt;
    }
    int side = base.sampleSize() * base.vae().scale();
    List<ReferenceImage> all = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      String name = files.get(i).toString();
      all.add(ReferenceImage.fitted(name, images.get(i), base.sizeUnit(), side));
    }
    Prompt beside = prompt.references(all);
    Picture first = all.get(0).picture();
    return prompt.width() == 0 && prompt.height() == 0
        ? beside.size(first.width(), first.height())
        : beside;
  }
}
