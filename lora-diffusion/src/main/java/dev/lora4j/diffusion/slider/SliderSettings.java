package dev.lora4j.diffusion.slider;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Settings of a concept slider (Gandikota et al. 2023): an adapter whose weight leads from one
 * prompt to another.
 *
 * @param prompts without what is kept
 * @param preserve words before each prompt, of which a sample has one; what differs between them is
 *     to stay as it is
 * @param strength of the direction at weight 1 (eta in the paper), above 0
 * @param drawn number of pictures of the base whose ways from noise are looked at, where there are
 *     no pictures to look at
 */
public record SliderSettings(
    SliderPrompts prompts, List<String> preserve, double strength, int drawn) implements Canonical {
  /** Strength in the published settings for Stable Diffusion. */
  public static final double STRENGTH = 4;

  /** Number of pictures that the base draws by default. */
  public static final int DRAWN = 32;

  private static final double MOST = 1000;
  private static final int MOST_DRAWN = 100_000;

  /** Checks the ranges. */
  public SliderSettings {
    preserve = preserve.stream().map(String::strip).filter(w -> !w.isEmpty()).distinct().toList();
    if (prompts.positive().equals(prompts.negative())) {
      throw new IllegalArgumentException(
          "the positive and the negative prompt of a slider differ, found \""
              + prompts.positive()
              + "\" twice");
    }
    if (!(strength > 0 && strength <= MOST)) {
      throw new IllegalArgumentException(
          "the strength of a slider is above 0 and at most 1000, found " + strength);
    }
    if (drawn < 1 || drawn > MOST_DRAWN) {
      throw new IllegalArgumentException(
          "a slider looks at 1 to 100000 pictures of the base, found " + drawn);
    }
  }

  /** A slider of these prompts, with the published strength. */
  public static SliderSettings of(String target, String positive, String negative) {
    return new SliderSettings(
        new SliderPrompts(target.strip(), positive.strip(), negative.strip()),
        List.of(),
        STRENGTH,
        DRAWN);
  }

  /** A copy that keeps what these words differ in. */
  public SliderSettings preserve(List<String> words) {
    return new SliderSettings(prompts, words, strength, drawn);
  }

  /** A copy with another strength. */
  public SliderSettings strength(double other) {
    return new SliderSettings(prompts, preserve, other, drawn);
  }

  /** A copy that looks at so many pictures of the base. */
  public SliderSettings drawn(int pictures) {
    return new SliderSettings(prompts, preserve, strength, pictures);
  }

  /** The prompts of samples: for each word one entry; one entry if there are no words. */
  public List<SliderPrompts> variants() {
    return preserve.isEmpty() ? List.of(prompts) : preserve.stream().map(prompts::behind).toList();
  }

  /** Entries of an adapter's header. */
  public Metadata metadata() {
    HeaderEntries entries =
        new HeaderEntries()
            .put("lora4j_learned", "slider")
            .put("lora4j_slider_target", prompts.target())
            .put("lora4j_slider_positive", prompts.positive())
            .put("lora4j_slider_negative", prompts.negative())
            .put("lora4j_slider_strength", strength);
    if (!preserve.isEmpty()) {
      entries.put("lora4j_slider_preserve", String.join(", ", preserve));
    }
    return entries.metadata().with(ModelSpecKeys.USAGE_HINT, text());
  }

  /** Description for people. */
  public String text() {
    return "weights above 0: "
        + named(prompts.positive())
        + "; below 0: "
        + named(prompts.negative());
  }

  private static String named(String prompt) {
    return prompt.isEmpty() ? "no prompt" : prompt;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("SliderSettings")
        .with("target", prompts.target())
        .with("positive", prompts.positive())
        .with("negative", prompts.negative())
        .with("preserve", preserve)
        .with("strength", strength)
        .with("drawn", drawn)
        .text();
  }
}
