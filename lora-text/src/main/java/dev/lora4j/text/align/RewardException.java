package dev.lora4j.text.align;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reward function that failed, was too late, or gave what are no rewards. The message names it, the
 * step and, where it is known, the completion.
 */
public final class RewardException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int NONE = -1;

  /** Characters of a completion that a message shows. */
  private static final int SHOWN = 60;

  private final String function;
  private final long step;
  private final int row;

  private RewardException(
      String function, RewardRequest request, int row, String problem, @Nullable Throwable cause) {
    super(
        "In step "
            + request.step()
            + ", the reward "
            + function
            + (row == NONE ? "" : place(request, row))
            + " "
            + problem,
        cause);
    this.function = function;
    this.step = request.step();
    this.row = row;
  }

  /**
   * A function that failed for a request.
   *
   * @param function its name
   * @param problem end of the sentence, {@code answered nothing for 60 seconds.}
   */
  public static RewardException of(String function, RewardRequest request, String problem) {
    return new RewardException(function, request, NONE, problem, null);
  }

  /** A function that failed for a request because of another exception, see {@link #of}. */
  public static RewardException of(
      String function, RewardRequest request, String problem, Throwable cause) {
    return new RewardException(function, request, NONE, problem, cause);
  }

  /**
   * A function that failed at one completion, see {@link #of}.
   *
   * @param row number of the completion in the request, from 0
   */
  public static RewardException at(
      String function, RewardRequest request, int row, String problem) {
    return new RewardException(function, request, row, problem, null);
  }

  /** A function that failed at one completion because of another exception, see {@link #at}. */
  public static RewardException at(
      String function, RewardRequest request, int row, String problem, Throwable cause) {
    return new RewardException(function, request, row, problem, cause);
  }

  private static String place(RewardRequest request, int row) {
    int count = request.rollouts().size();
    return ", at completion " + (row + 1) + " of " + count + shown(request, row) + ",";
  }

  private static String shown(RewardRequest request, int row) {
    if (row < 0 || row >= request.rollouts().size()) {
      return "";
    }
    String text = request.rollouts().get(row).completion().strip().replaceAll("\\s+", " ");
    boolean whole = text.codePointCount(0, text.length()) <= SHOWN;
    return " ('"
        + (whole ? text : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "...")
        + "')";
  }

  /** Name of the function. */
  public String function() {
    return function;
  }

  /** Number of the step, from 1. */
  public long step() {
    return step;
  }

  /** Number of the completion in the request, from 0; empty if it is not one's fault. */
  public OptionalInt row() {
    return row == NONE ? OptionalInt.empty() : OptionalInt.of(row);
  }
}
