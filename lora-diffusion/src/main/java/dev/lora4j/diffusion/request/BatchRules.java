package dev.lora4j.diffusion.request;

import java.util.List;
import java.util.function.Function;

/**
 * Rules of a batch: values in which its pictures must agree, because they take their steps
 * together.
 */
public final class BatchRules {
  private BatchRules() {}

  /**
   * Refuses pictures that cannot be made together.
   *
   * @throws IllegalArgumentException naming in what they differ
   */
  public static void require(List<Prompt> prompts) {
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("a batch needs at least one prompt");
    }
    same(prompts, "size", p -> p.width() + "x" + p.height());
    same(prompts, "number of steps", Prompt::steps);
    same(prompts, "sampler", Prompt::sampler);
    same(prompts, "schedule", p -> p.schedule().text());
    same(
        prompts,
        "number of steps that are made of a picture to begin with",
        p -> p.start().map(s -> s.made(p.steps())).orElse(p.steps()));
  }

  private static void same(List<Prompt> prompts, String what, Function<Prompt, Object> of) {
    Object first = of.apply(prompts.get(0));
    for (int i = 1; i < prompts.size(); i++) {
      Object other = of.apply(prompts.get(i));
      if (!other.equals(first)) {
        throw new IllegalArgumentException(
            "The pictures of a batch take their steps together, so they need the same "
                + what
                + "; picture 1 has "
                + first
                + ", picture "
                + (i + 1)
                + " has "
                + other
                + ". Make them in batches of their own.");
      }
    }
  }
}
