package dev.lora4j.testkit;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Reward functions that break their contract, each in one way, and some that keep it. */
final class BrokenRewards {
  private BrokenRewards() {}

  private static double length(Rollout rollout) {
    return rollout.completion().length();
  }

  private static CompletionStage<List<OptionalDouble>> later(List<OptionalDouble> rewards) {
    return CompletableFuture.supplyAsync(() -> rewards);
  }

  /** Keeps it: has something to say of some. */
  @Extension(point = RewardFunction.class, name = "test-letters", help = "share of a letter")
  public record Letters(@Setting(help = "the letter", defaultValue = "e") String letter)
      implements RolloutReward {
    @Override
    public OptionalDouble reward(Rollout rollout) {
      String text = rollout.completion();
      double left = text.replace(letter, "").length();
      return text.length() < 2
          ? OptionalDouble.empty()
          : OptionalDouble.of(1 - left / text.length());
    }
  }

  /** Keeps it: tells the ranks of a step's completions, and answers later. */
  @Extension(point = RewardFunction.class, name = "test-ranks", help = "ranks by length")
  public record Ranks() implements RewardFunction {
    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      return later(
          request.rollouts().stream()
              .map(one -> request.rollouts().stream().filter(o -> length(o) < length(one)).count())
              .map(OptionalDouble::of)
              .toList());
    }
  }

  /** Forgets the last completion of several. */
  @Extension(point = RewardFunction.class, name = "test-short", help = "forgets one")
  public record Forgetting() implements RewardFunction {
    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      return later(
          IntStream.range(0, Math.max(1, request.rollouts().size() - 1))
              .mapToObj(i -> OptionalDouble.of(1))
              .toList());
    }
  }

  /** Divides by what may be nothing. */
  @Extension(point = RewardFunction.class, name = "test-dividing", help = "divides by the length")
  public record Dividing() implements RolloutReward {
    @Override
    public OptionalDouble reward(Rollout rollout) {
      return OptionalDouble.of(rollout.completion().lastIndexOf('e') / length(rollout));
    }
  }

  /** Needs a column that not all data have. */
  @Extension(point = RewardFunction.class, name = "test-demanding", help = "needs a column")
  public record Demanding() implements RolloutReward {
    @Override
    public OptionalDouble reward(Rollout rollout) {
      if (!rollout.columns().containsKey("answer")) {
        throw new IllegalStateException("no answer");
      }
      return OptionalDouble.of(length(rollout));
    }
  }

  /** Gets tired of judging. */
  @Extension(point = RewardFunction.class, name = "test-tired", help = "less each time")
  public record Tired() implements RewardFunction {
    private static final AtomicInteger ASKED = new AtomicInteger();

    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      double less = ASKED.incrementAndGet();
      return later(request.rollouts().stream().map(r -> OptionalDouble.of(1 - less)).toList());
    }
  }

  /** Compares each with the others. */
  @Extension(point = RewardFunction.class, name = "test-comparing", help = "less the mean")
  public record Comparing() implements RewardFunction {
    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      double mean =
          request.rollouts().stream().mapToDouble(BrokenRewards::length).average().orElse(0);
      return later(
          request.rollouts().stream().map(r -> OptionalDouble.of(length(r) - mean)).toList());
    }
  }

  /** Likes those that come first. */
  @Extension(point = RewardFunction.class, name = "test-first", help = "the first counts most")
  public record First() implements RewardFunction {
    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      return later(
          IntStream.range(0, request.rollouts().size())
              .mapToObj(i -> OptionalDouble.of(1 / (1.0 + i)))
              .toList());
    }
  }

  /** Never says anything. */
  @Extension(point = RewardFunction.class, name = "test-mute", help = "says nothing")
  public record Mute() implements RolloutReward {
    @Override
    public OptionalDouble reward(Rollout rollout) {
      return OptionalDouble.empty();
    }
  }

  /** Has another name than people know. */
  @Extension(point = RewardFunction.class, name = "test-renamed", help = "has two names")
  public record Renamed() implements RolloutReward {
    @Override
    public String name() {
      return "other";
    }

    @Override
    public OptionalDouble reward(Rollout rollout) {
      return OptionalDouble.of(length(rollout));
    }
  }

  /** Cannot be told from another by what it says. */
  @Extension(point = RewardFunction.class, name = "test-mumbling", help = "says where it lies")
  public static final class Mumbling implements RolloutReward {
    /** For the host. */
    public Mumbling() {}

    @Override
    public String canonical() {
      return Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    public OptionalDouble reward(Rollout rollout) {
      return OptionalDouble.of(length(rollout));
    }
  }

  /** Never answers. */
  @Extension(point = RewardFunction.class, name = "test-silent", help = "does not answer")
  public record Silent() implements RewardFunction {
    @Override
    public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
      return new CompletableFuture<>();
    }
  }
}
