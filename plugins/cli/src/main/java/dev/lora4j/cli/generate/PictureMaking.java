package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Makes pictures batch by batch, with one progress bar over all of them. */
public final class PictureMaking implements AutoCloseable {
  private final StableDiffusion sd;
  private final List<Prompt> prompts;
  private final int batch;
  private final PictureProgress progress;
  private final Deque<GeneratedImage> ready = new ArrayDeque<>();
  private int made;

  /** Makes one picture after the other. */
  public PictureMaking(Console console, StableDiffusion sd, List<Prompt> prompts) {
    this(console, sd, prompts, 1);
  }

  /** Makes {@code batch} pictures at a time. */
  public PictureMaking(Console console, StableDiffusion sd, List<Prompt> prompts, int batch) {
    this.sd = sd;
    this.prompts = prompts;
    this.batch = batch;
    long steps = prompts.stream().mapToLong(Prompt::steps).sum();
    this.progress = new PictureProgress(console, steps);
  }

  /** The next picture. */
  public GeneratedImage next() {
    if (ready.isEmpty()) {
      make();
    }
    return ready.remove();
  }

  private void make() {
    List<Prompt> now = prompts.subList(made, Math.min(prompts.size(), made + batch));
    String which = now.size() == 1 ? "" + (made + 1) : (made + 1) + "-" + (made + now.size());
    String detail = prompts.size() == 1 ? "" : "picture " + which + " of " + prompts.size();
    made += now.size();
    StepListener listener = progress.of(now.size(), detail);
    ready.addAll(sd.generate(now, listener));
    progress.finished(now.stream().mapToLong(Prompt::steps).sum());
  }

  @Override
  public void close() {
    progress.close();
  }
}
