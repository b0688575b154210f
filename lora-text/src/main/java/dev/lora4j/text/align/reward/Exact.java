package dev.lora4j.text.align.reward;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * 1 for a completion that is the answer, which a column of the data has; 0 for another; nothing
 * where the line has no answer. Blanks around both do not count, and numbers are compared as
 * numbers: {@code 5.0} is {@code 5}. Of a list of answers any counts.
 *
 * @param column Column with the answer
 * @param after Words after whose last occurrence the answer is; of a completion without them there
 *     is none. All of it if empty
 * @param ignoreCase True if upper and lower case are the same
 */
@Extension(
    point = RewardFunction.class,
    name = "exact",
    help = "1 if the completion is the answer in the data, 0 if not; nothing without an answer")
public record Exact(
    @Setting(help = "Column of the data with the answer", defaultValue = "answer") String column,
    @Setting(
            help = "Words after whose last occurrence the answer stands; all of it if empty",
            defaultValue = "")
        String after,
    @Setting(help = "Upper and lower case are the same", defaultValue = "false") boolean ignoreCase)
    implements RolloutReward {
  /** Checks the settings. */
  public Exact {
    if (column.isBlank()) {
      throw new IllegalArgumentException("The column of the answer needs a name.");
    }
  }

  @Override
  public OptionalDouble reward(Rollout rollout) {
    Object answer = rollout.columns().get(column);
    if (answer == null) {
      return OptionalDouble.empty();
    }
    List<?> answers = answer instanceof List<?> several ? several : List.of(answer);
    if (answers.stream().anyMatch(each -> each instanceof Map || each instanceof List)) {
      throw new IllegalArgumentException(
          "the column '" + column + "' must be a text, a number or a list of these");
    }
    String said = said(rollout.completion());
    boolean right =
        answers.stream().anyMatch(each -> same(said, String.valueOf(each).strip()))
            && rollout.completion().contains(after);
    return OptionalDouble.of(right ? 1 : 0);
  }

  /** The part of a completion that is compared. */
  private String said(String completion) {
    int begin = completion.lastIndexOf(after);
    return (after.isEmpty() || begin < 0
            ? completion
            : completion.substring(begin + after.length()))
        .strip();
  }

  private boolean same(String said, String answer) {
    if (ignoreCase ? said.equalsIgnoreCase(answer) : said.equals(answer)) {
      return true;
    }
    Optional<BigDecimal> number = number(said);
    return number.isPresent()
        && number(answer).filter(n -> n.compareTo(number.get()) == 0).isPresent();
  }

  private static Optional<BigDecimal> number(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
