package dev.lora4j.cli;

import dev.lora4j.diffusion.pipeline.GeneratedImage;
import dev.lora4j.diffusion.pipeline.Prompt;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.List;

/** Makes one picture after the other, with one progress bar over all of them. */
final class PictureMaking implements AutoCloseable {
  private final StableDiffusion sd;
  private final List<Prompt> prompts;
  private final Progress progress;
  private int made;
  private long before;

  PictureMaking(Console console, StableDiffusion sd, List<Prompt> prompts) {
    this.sd = sd;
    this.prompts = prompts;
    long steps = prompts.stream().mapToLong(Prompt::steps).sum();
    this.progress = console.progress("generating", steps, "step");
  }

  /** Makes the next picture. */
  GeneratedImage next() {
    Prompt prompt = prompts.get(made);
    made++;
    String detail = prompts.size() == 1 ? "" : "picture " + made + " of " + prompts.size();
    GeneratedImage image =
        sd.generate(prompt, (step, steps) -> progress.done(before + step, detail));
    before += prompt.steps();
    return image;
  }

  @Override
  public void close() {
    progress.close();
  }
}
