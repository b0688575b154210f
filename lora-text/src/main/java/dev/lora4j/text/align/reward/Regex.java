package dev.lora4j.text.align.reward;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * 1 for a completion with a pattern, 0 for one without.
 *
 * @param pattern Regular expression of Java
 * @param whole True if the whole completion has to match, false if a part of it may
 */
@Extension(
    point = RewardFunction.class,
    name = "regex",
    help = "1 if a regular expression matches the completion, 0 if not")
public record Regex(
    @Setting(help = "Regular expression of Java; (?s) lets a dot stand for line ends")
        String pattern,
    @Setting(help = "The whole completion has to match, not a part of it", defaultValue = "false")
        boolean whole)
    implements RolloutReward {
  /** Checks the pattern. */
  public Regex {
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException("The pattern is empty, which matches every completion.");
    }
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "The pattern is no regular expression: " + e.getMessage(), e);
    }
  }

  @Override
  public OptionalDouble reward(Rollout rollout) {
    Matcher matcher = Pattern.compile(pattern).matcher(new InterruptibleText(rollout.completion()));
    return OptionalDouble.of((whole ? matcher.matches() : matcher.find()) ? 1 : 0);
  }
}
