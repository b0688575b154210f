package dev.lora4j.server.picture;

import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.BatchRules;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.work.BatchMaker;
import dev.lora4j.server.work.Job;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Batches of pictures that take their steps together.
 *
 * @param name of the base, for metrics
 */
record PictureBatches(String name, StableDiffusion sd, ServerMetrics metrics)
    implements BatchMaker<AskedPicture, GeneratedImage> {
  /** Pictures go together if they agree in size, steps, sampler and schedule. */
  @Override
  public boolean together(List<AskedPicture> batch, AskedPicture other) {
    try {
      BatchRules.require(List.of(batch.get(0).prompt(), other.prompt()));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public List<GeneratedImage> make(List<AskedPicture> batch, BooleanSupplier abandoned) {
    return sd.generate(
        batch.stream().map(AskedPicture::prompt).toList(),
        (step, of) -> {
          if (abandoned.getAsBoolean()) {
            throw new CancellationException("nobody waits for the picture");
          }
          batch.forEach(asked -> asked.listener().done(step, of));
        });
  }

  @Override
  public void ended(Job<AskedPicture, GeneratedImage> job, boolean done) {
    int steps = job.request().prompt().steps();
    metrics.picture(name, done ? "stop" : "abort", steps, job.seconds());
  }
}
