package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.RunKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The pictures that a configuration makes on the way. */
final class SampleSection {
  private static final int EVERY = 100;
  private static final int STEPS = 20;
  private static final double GUIDANCE = 7;

  /** Options behind a prompt, as sd-scripts has them. */
  private static final Pattern OPTIONS = Pattern.compile("\\s*--[a-z].*$", Pattern.DOTALL);

  private static final String SIZES = "previews have the size of the base's pictures";

  private static final IgnoredKeys IGNORED =
      new IgnoredKeys()
          .needless(
              "previews are made by the sampler that generate takes by itself",
              "sampler=ddpm|flowmatch")
          .needless("previews begin before the first step", "sample_start_step")
          .needless(SIZES, "width=1024|512", "height=1024|512")
          .needless("previews have no negative prompt", "neg")
          .needless("previews are made as generate makes pictures", "guidance_rescale")
          .needless("previews are PNG files", "format=jpg|png|webp")
          .needless("there is no refiner", "refiner_start_at=0.5")
          .needless("no other network takes part", "adapter_conditioning_scale=1")
          .needless("nothing reads them", "extra_values", "do_cfg_norm")
          .needless("previews are pictures", "num_frames=1", "fps=1|16");

  private static final IgnoredKeys OF_ITEM =
      new IgnoredKeys()
          .needless(SIZES, "width", "height")
          .needless("previews have no negative prompt", "neg")
          .needless("all previews have one seed, which counts up", "seed")
          .needless("all previews have one", "guidance_scale", "sample_steps")
          .needless("all previews have one", "network_multiplier=1")
          .needless("previews are pictures", "num_frames=1", "fps=1|16")
          .needless("no other picture is looked at", "ctrl_img", "ctrl_img_1", "ctrl_img_2")
          .needless("no other picture is looked at", "ctrl_img_3", "ctrl_idx", "do_cfg_norm");

  private final ToolkitSettings settings;
  private final Section sample;
  private final Section train;

  SampleSection(ToolkitSettings settings, Section sample, Section train) {
    this.settings = settings;
    this.sample = sample;
    this.train = train;
  }

  void read(Optional<String> trigger) {
    List<String> prompts = new ArrayList<>();
    boolean optioned = false;
    for (String said : said()) {
      String prompt = OPTIONS.matcher(said).replaceFirst("").strip();
      optioned |= !prompt.equals(said.strip());
      prompts.add(prompt.replace("[trigger]", trigger.orElse("")));
    }
    if (optioned) {
      sample.note(
          "prompts", "have options behind --, which have no effect: all previews are alike.");
    }
    Optional<Long> every = sample.whole("sample_every");
    boolean off = train.yes("disable_sampling") || every.filter(n -> n == 0).isPresent();
    if (off || prompts.isEmpty()) {
      settings.set(RunKeys.PREVIEW_PROMPTS, List.of(), sample.origin("prompts"));
    } else {
      settings.set(RunKeys.PREVIEW_PROMPTS, prompts, sample.origin("prompts"));
      every(every);
    }
    numbers(off ? 0 : prompts.size());
    sample.finish(IGNORED);
  }

  private void every(Optional<Long> said) {
    long perStep = TrainSection.perStep(train);
    settings.set(
        RunKeys.PREVIEW_EVERY,
        said.map(n -> Math.max(1, n / perStep)),
        (int) Math.max(1, EVERY / perStep),
        sample.origin("sample_every"));
  }

  private void numbers(int prompts) {
    Optional<Long> steps = sample.whole("sample_steps");
    Optional<Double> guidance = sample.number("guidance_scale");
    Optional<Long> seed = sample.whole("seed");
    Optional<Boolean> walk = sample.flag("walk_seed");
    Optional<Double> strength = sample.number("network_multiplier");
    if (prompts == 0) {
      return;
    }
    settings.set(RunKeys.PREVIEW_STEPS, steps, STEPS, sample.origin("sample_steps"));
    settings.set(RunKeys.PREVIEW_GUIDANCE, guidance, GUIDANCE, sample.origin("guidance_scale"));
    seed.ifPresent(n -> settings.set(RunKeys.PREVIEW_SEED, n, sample.origin("seed")));
    settings.set(
        RunKeys.PREVIEW_STRENGTHS,
        strength.map(List::of),
        List.of(1.0),
        sample.origin("network_multiplier"));
    if (prompts > 1 && !walk.orElse(false)) {
      sample.note("walk_seed", "is always true here: each prompt has the next seed.");
    }
  }

  private List<String> said() {
    List<Section> items = sample.sections("samples");
    List<String> prompts = new ArrayList<>(items.isEmpty() ? sample.texts("prompts") : List.of());
    sample.value("prompts");
    for (Section item : items) {
      item.text("prompt").ifPresent(prompts::add);
      item.finish(OF_ITEM);
    }
    return prompts;
  }
}
