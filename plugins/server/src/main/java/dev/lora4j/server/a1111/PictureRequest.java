package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a request asks for.
 *
 * @param text the prompt with its tags
 * @param tags the adapters that take part, and the prompt without them
 * @param prompts one for each picture, without adapters
 * @param starts init image of each picture; empty for pictures from noise
 * @param batch how many pictures A1111 would make at once
 * @param sampler with its schedule
 * @param sent whether the pictures are answered
 * @param task name that the client gave the work; empty for none
 */
record PictureRequest(
    String text,
    AdapterTags tags,
    List<Prompt> prompts,
    List<PlacedInitImage> starts,
    int batch,
    SamplerChoice sampler,
    boolean sent,
    String task) {
  private static final int MOST_STEPS = 1000;
  private static final int MOST_BATCH = 64;
  private static final int MOST_PICTURES = 256;
  private static final int MOST_GUIDANCE = 1000;
  private static final long MOST_PIXELS = 4096L * 4096;
  private static final int LONGEST = 16_384;
  private static final long SEEDS = 1L << 32;

  /** Copies the lists. */
  PictureRequest {
    prompts = List.copyOf(prompts);
    starts = List.copyOf(starts);
  }

  /**
   * Reads a request that has all fields.
   *
   * @param image whether it is one with init images
   */
  static PictureRequest of(JsonFields body, boolean image) {
    String text = body.text("prompt").orElse("");
    AdapterTags tags = AdapterTags.of(text);
    if (body.flag("disable_extra_networks", false)) {
      tags = new AdapterTags(tags.text(), List.of());
    }
    int width = body.integer("width", 1, LONGEST).orElse(512);
    int height = body.integer("height", 1, LONGEST).orElse(512);
    if ((long) width * height > MOST_PIXELS) {
      throw A1111Problem.unusable(
          width
              + "x"
              + height
              + " is more than the "
              + MOST_PIXELS
              + " pixels that a picture may"
              + " have here. Make width or height smaller.");
    }
    int batch = body.integer("batch_size", 1, MOST_BATCH).orElse(1);
    List<PlacedInitImage> starts =
        image ? InitImageFields.of(body, width, height, batch) : List.of();
    // One init image is for all pictures; several are for one of a batch each.
    batch = starts.size() > 1 ? starts.size() : batch;
    int count = batch * body.integer("n_iter", 1, MOST_PICTURES).orElse(1);
    if (count > MOST_PICTURES) {
      throw A1111Problem.unusable(
          "batch_size times n_iter is "
              + count
              + ", and a request may ask for "
              + MOST_PICTURES
              + " pictures. Send several requests.");
    }
    SamplerChoice sampler = SamplerChoice.of(body);
    Prompt prompt =
        sampler.applied(
            Prompt.of(tags.text())
                .negative(body.text("negative_prompt").orElse(""))
                .size(width, height)
                .steps(body.integer("steps", 1, MOST_STEPS).orElse(50))
                .guidance(body.number("cfg_scale", 0, MOST_GUIDANCE).orElse(7)));
    long seed = body.whole("seed", -1, Long.MAX_VALUE - MOST_PICTURES).orElse(-1);
    seed = seed >= 0 ? seed : ThreadLocalRandom.current().nextLong(SEEDS);
    List<Prompt> prompts = new ArrayList<>();
    List<PlacedInitImage> each = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Prompt own = prompt.seed(seed + i);
      if (!starts.isEmpty()) {
        PlacedInitImage start = starts.get(i % batch % starts.size());
        each.add(start);
        own = own.start(start.image());
      }
      prompts.add(own);
    }
    return new PictureRequest(
        text,
        tags,
        prompts,
        each,
        batch,
        sampler,
        body.flag("send_images", true),
        body.text("force_task_id").orElse(""));
  }

  /** How many steps the init image of a picture leaves out. */
  int first() {
    Prompt one = prompts.get(0);
    return one.start().map(start -> one.steps() - start.made(one.steps())).orElse(0);
  }

  /** The init image of a picture. */
  Optional<PlacedInitImage> start(int picture) {
    return starts.isEmpty() ? Optional.empty() : Optional.of(starts.get(picture));
  }
}
