package dev.lora4j.cli.train;

import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureGrid;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.config.RunSettings.Previews;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.TrainingAdapter;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Pictures of an adapter in training, by the generator that everybody uses: a row for each prompt,
 * a column without the adapter and one for each strength; that without it stands at strength 0 if
 * this is one of them.
 */
final class PreviewSheets {
  private final StableDiffusion sd;
  private final Previews previews;
  private final Optional<TrainingAdapter> active;
  private final int clipSkip;
  private final Path folder;

  /**
   * Sheets of a run.
   *
   * @param active adapter that all pictures have, the base's too
   * @param clipSkip layers of the text encoders that the run leaves out
   */
  PreviewSheets(
      StableDiffusion sd,
      Previews previews,
      Optional<TrainingAdapter> active,
      int clipSkip,
      Path folder) {
    this.sd = sd;
    this.previews = previews;
    this.active = active;
    this.clipSkip = clipSkip;
    this.folder = folder;
  }

  /** Makes and writes the sheet of a step, if there are prompts. */
  Optional<Path> make(int step, Adapter adapter) {
    if (previews.prompts().isEmpty()) {
      return Optional.empty();
    }
    List<String> headings = new ArrayList<>();
    if (previews.showsBase()) {
      headings.add("base");
    }
    previews.strengths().forEach(s -> headings.add(s == 0 ? "base" : Double.toString(s)));
    PictureGrid grid = new PictureGrid(adapter.name() + ", step " + step, headings);
    for (int row = 0; row < previews.prompts().size(); row++) {
      grid.add(previews.prompts().get(row), row(row, adapter));
    }
    BufferedImage sheet = grid.draw();
    Path file = folder.resolve(String.format(Locale.ROOT, "step-%06d.png", step));
    OutputFile.folder(folder);
    PngFile.write(file, sheet, "lora4j preview of " + adapter.name() + " at step " + step);
    return Optional.of(file);
  }

  private List<BufferedImage> row(int row, Adapter adapter) {
    Prompt prompt =
        Prompt.of(previews.prompts().get(row)).seed(previews.seed() + row).steps(previews.steps());
    prompt = prompt.clipSkip(clipSkip);
    if (previews.guidance().isPresent()) {
      prompt = prompt.guidance(previews.guidance().getAsDouble());
    }
    MixPlan below = active.map(a -> MixPlan.of(a.adapter(), a.weight())).orElse(MixPlan.NONE);
    Prompt plain = below.parts().isEmpty() ? prompt : prompt.mix(below);
    List<BufferedImage> pictures = new ArrayList<>();
    BufferedImage base = sd.generate(plain).image();
    if (previews.showsBase()) {
      pictures.add(base);
    }
    // An adapter for few steps stands beside the base at its usual steps.
    Prompt adapted = FewSteps.of(adapter.metadata()).map(use -> use.apply(plain)).orElse(plain);
    for (double strength : previews.strengths()) {
      pictures.add(
          strength == 0 ? base : sd.generate(adapted.mix(below.with(adapter, strength))).image());
    }
    return pictures;
  }
}
