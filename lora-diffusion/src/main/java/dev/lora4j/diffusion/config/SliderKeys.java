package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.TEXT;
import static dev.lora4j.diffusion.config.KeyType.TEXTS;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.diffusion.slider.SliderSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Keys of concept sliders. */
final class SliderKeys {
  /** The value of {@code learn}. */
  static final String SLIDER = "slider";

  private static final double MOST = 1000;

  private static final RunKey<String> TARGET =
      unset("slider.target", TEXT, "What is drawn, for example a person; anything if not given");
  private static final RunKey<String> POSITIVE =
      unset("slider.positive", TEXT, "Prompt that weights above 0 lead to");
  private static final RunKey<String> NEGATIVE =
      unset("slider.negative", TEXT, "Prompt that weights below 0 lead to; none if not given");
  private static final RunKey<List<String>> PRESERVE =
      unset("slider.preserve", TEXTS, "Words before all prompts, one at a time, that are kept");
  private static final RunKey<Double> STRENGTH =
      unset("slider.strength", number(0, MOST), "How far weight 1 leads (eta); 4");
  private static final RunKey<Integer> DRAWN =
      unset("slider.drawn", count(1), "Pictures of the base to learn on without images; 32");

  /** The table of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL = List.of(TARGET, POSITIVE, NEGATIVE, PRESERVE, STRENGTH, DRAWN);

  /** Keys of captions in the data, which prompts take the place of. */
  private static final Set<String> CAPTIONS =
      Set.of(
          "trigger",
          "class_tokens",
          "caption_extension",
          "caption_sources",
          "caption_prefix",
          "caption_suffix",
          "caption_separator",
          "secondary_separator",
          "shuffle_caption",
          "keep_tokens",
          "keep_tokens_separator",
          "enable_wildcard",
          "caption_dropout_rate",
          "caption_dropout_every_n_epochs",
          "caption_tag_dropout_rate");

  private SliderKeys() {}

  /** True if a slider is trained. */
  static boolean asked(RunValues values) {
    return values.get(FewStepKeys.LEARN).equals(SLIDER);
  }

  /** True if a slider is trained on what the base draws. */
  static boolean draws(RunValues values) {
    return asked(values) && !DataTables.named(values);
  }

  /** Keys that have no effect on what is trained, and what is missing, as sentences. */
  static List<String> problems(RunValues values) {
    List<String> problems = new ArrayList<>();
    if (!asked(values)) {
      said(values, ALL)
          .forEach(
              key ->
                  problems.add(
                      values.origin(key)
                          + ": "
                          + key.name()
                          + " has an effect with learn = slider alone; take it away, or set that."));
      return problems;
    }
    if (values.find(POSITIVE).isEmpty()) {
      problems.add("slider.positive is not set: the prompt that weights above 0 lead to.");
    }
    for (RunKey<?> key : said(values, List.of(RunKeys.REGULARISATION, LossKeys.PRIOR_WEIGHT))) {
      problems.add(
          refused(
              values, key, ", which learns nothing of a class from its pictures; take it away"));
    }
    boolean draws = draws(values);
    for (RunKey<?> key : draws ? said(values, ofPictures()) : List.<RunKey<?>>of()) {
      problems.add(
          refused(
              values, key, " where no pictures are named (images); take it away, or name some"));
    }
    if (!draws) {
      for (RunKey<?> key : said(values, List.of(DRAWN))) {
        problems.add(
            refused(values, key, " where it learns on pictures; take it away, or the pictures"));
      }
    }
    List<String> data =
        values.data().keySet().stream().filter(key -> draws || CAPTIONS.contains(key)).toList();
    if (!data.isEmpty()) {
      problems.add(
          "data."
              + String.join(", data.", data)
              + " "
              + (data.size() == 1 ? "has" : "have")
              + " no effect with learn = slider"
              + (draws
                  ? " where no pictures are named (images)."
                  : ", whose prompts take the place of captions; take "
                      + (data.size() == 1 ? "it" : "them")
                      + " away, or begin with preset = slider."));
    }
    return problems;
  }

  private static String refused(RunValues values, RunKey<?> key, String why) {
    return values.origin(key)
        + ": "
        + key.name()
        + " has no effect with learn = slider"
        + why
        + ".";
  }

  private static List<RunKey<?>> said(RunValues values, List<RunKey<?>> keys) {
    return keys.stream()
        .<RunKey<?>>map(key -> key)
        .filter(key -> !values.origin(key).equals(RunValues.DEFAULT))
        .filter(key -> !Presets.said(values.origin(key)))
        .toList();
  }

  /** Keys of pictures, and of the noise that is added to them. */
  private static List<RunKey<?>> ofPictures() {
    return Stream.<RunKey<?>>of(
            RunKeys.EPOCHS,
            RunKeys.VALIDATION_SHARE,
            RunKeys.VALIDATION_EVERY,
            RunKeys.VALIDATION_EPOCHS,
            RunKeys.KEEP_BEST,
            RunKeys.PREVIEW_EPOCHS,
            RunKeys.ADAPTER_EPOCHS,
            LossKeys.NOISE_OFFSET,
            LossKeys.NOISE_OFFSET_RANDOM,
            LossKeys.ADAPTIVE_NOISE,
            LossKeys.PYRAMID_LEVELS,
            LossKeys.PYRAMID_DISCOUNT,
            LossKeys.INPUT_PERTURBATION,
            LossKeys.INPUT_PERTURBATION_RANDOM,
            LossKeys.ZERO_TERMINAL,
            LossKeys.MASKED)
        .toList();
  }

  /**
   * The settings of the keys.
   *
   * @throws RunProblems if they do not go together
   */
  static SliderSettings settings(RunValues values) {
    try {
      return SliderSettings.of(
              values.find(TARGET).orElse(""),
              values.find(POSITIVE).orElse(""),
              values.find(NEGATIVE).orElse(""))
          .preserve(values.find(PRESERVE).orElse(List.of()))
          .strength(values.find(STRENGTH).orElse(SliderSettings.STRENGTH))
          .drawn(values.find(DRAWN).orElse(SliderSettings.DRAWN));
    } catch (IllegalArgumentException e) {
      throw new RunProblems(List.of("slider: " + e.getMessage() + "."));
    }
  }

  /** Prompts of previews where none are said. */
  static List<String> previews(SliderSettings how) {
    List<String> targets = how.variants().stream().map(v -> v.target()).limit(2).toList();
    return targets.contains("") ? List.of(how.prompts().positive()) : targets;
  }
}
