package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Names;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of requests, made of prompts. */
public final class RequestOptions {
  /** Requests of more pictures are a slip of the pen, and would not fit into memory. */
  private static final int MOST = 100_000;

  /** Guidance scale that adapters for few steps bear. */
  private static final double MOST_SCALE = 2;

  @Option(
      names = "--negative",
      paramLabel = "TEXT",
      description = "What the picture must not show.")
  private String negative = "";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the first picture; the next ones count up (default: drawn and printed).")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Pictures for each prompt (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  public int count;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the sampler (default: 20, or as an adapter for few steps says).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--guidance",
      paramLabel = "X",
      description =
          "How closely to follow the prompt (default: the base's; 3 for the bundled one, else 7.5,"
              + " or 5 for XL).")
  private Optional<Double> guidance = Optional.empty();

  @Option(
      names = "--true-cfg",
      paramLabel = "X",
      description =
          "How far to go from the negative text towards the prompt on FLUX.1 [dev], which is told"
              + " --guidance; above 1 a step takes twice as long (default: none).")
  private Optional<Double> trueCfg = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description = "Size in pixels (default: the base's own).")
  private Optional<PictureSize> size = Optional.empty();

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      completionCandidates = Names.OfSamplers.class,
      description =
          "${COMPLETION-CANDIDATES} (default: that of the base's scheduler; ddim for the bundled"
              + " base).")
  private Optional<String> sampler = Optional.empty();

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      completionCandidates = Names.OfLevelLaws.class,
      description =
          "Levels of noise to visit: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "default")
  private String schedule = "default";

  @Option(
      names = "--clip-skip",
      paramLabel = "N",
      description = "Layers of the text encoder to leave out (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private int clipSkip;

  @Mixin private final SizeConditioningOption micro = new SizeConditioningOption();

  private Optional<Long> drawn = Optional.empty();

  /**
   * Requests with what their adapters for few steps say of sampler, steps and guidance, as far as
   * the options say nothing. It is noted, so that no picture has other settings than the user knows
   * of.
   */
  List<Prompt> fewSteps(Console console, MixOption mix, List<Prompt> prompts) {
    List<Prompt> all = new ArrayList<>();
    Set<String> notes = new LinkedHashSet<>();
    for (Prompt prompt : prompts) {
      Optional<Map.Entry<String, FewSteps>> found = mix.fewSteps(prompt);
      found.ifPresent(one -> notes.add(note(one.getKey(), one.getValue())));
      all.add(found.map(one -> one.getValue().complete(prompt)).orElse(prompt));
    }
    notes.forEach(console::note);
    return all;
  }

  private String note(String adapter, FewSteps use) {
    List<String> others = new ArrayList<>();
    sampler
        .filter(name -> !name.equals(use.sampler()))
        .ifPresent(name -> others.add("--sampler " + name));
    guidance
        .filter(scale -> scale > MOST_SCALE && use.guidance() <= 1)
        .ifPresent(scale -> others.add("--guidance " + scale));
    return adapter
        + " is for few steps: "
        + use.text()
        + (others.isEmpty()
            ? ". They count unless options say otherwise."
            : ". " + String.join(" and ", others) + " may not suit it.");
  }

  /** The first seed, if the user did not give it. */
  Optional<Long> drawn() {
    return drawn;
  }

  /** Takes this for the first seed if the options say none. */
  public void draw(long first) {
    drawn = Optional.of(first);
  }

  /**
   * The requests without adapters, {@link #count} for each text; what is wrong with the options is
   * found before anything is loaded.
   */
  public List<Prompt> prompts(CommandSpec spec, List<String> texts) {
    try {
      SigmaSchedule law = SigmaSchedule.named(schedule);
      sampler.map(Samplers::named).ifPresent(law::requireFollowedBy);
      if (count < 1 || count > MOST) {
        throw new IllegalArgumentException(
            "--count must be from 1 to " + MOST + ", found " + count);
      }
      if (seed.isEmpty() && drawn.isEmpty()) {
        drawn = Optional.of((long) new SecureRandom().nextInt(Integer.MAX_VALUE));
      }
      long first = seed.or(() -> drawn).orElseThrow();
      List<Prompt> all = new ArrayList<>();
      for (String text : texts) {
        for (int i = 0; i < count; i++) {
          Prompt prompt = Prompt.of(text).negative(negative).seed(first + i);
          prompt = steps.map(prompt::steps).orElse(prompt);
          prompt = prompt.sampler(sampler.orElse("")).schedule(law).clipSkip(clipSkip);
          prompt = guidance.map(prompt::guidance).orElse(prompt);
          prompt = trueCfg.map(prompt::trueCfg).orElse(prompt);
          PictureSize pixels = size.orElse(new PictureSize(0, 0));
          all.add(prompt.size(pixels.width(), pixels.height()).micro(micro.value()));
        }
      }
      return all;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
