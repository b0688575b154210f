package dev.lora4j.text.align;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A reward function that was asked, and its checked answer. */
final class RewardAnswer {
  private final RewardFunction function;
  private final RewardRequest request;
  private final CompletableFuture<List<OptionalDouble>> answer = new CompletableFuture<>();
  private final Thread thread;
  private volatile @Nullable CompletionStage<List<OptionalDouble>> stage;

  RewardAnswer(RewardFunction function, RewardRequest request) {
    this.function = function;
    this.request = request;
    // Not of a pool: one that nothing stops takes its thread with it.
    this.thread = new Thread(this::ask, "lora4j-reward-" + function.name());
    thread.setDaemon(true);
    thread.start();
  }

  /** The rewards; it fails with a {@link RewardException} or an error of the virtual machine. */
  CompletableFuture<List<OptionalDouble>> answer() {
    return answer;
  }

  /**
   * Requires that it is there.
   *
   * @param waited for so long
   * @throws RewardException if not
   */
  void requireAnswer(Duration waited) {
    if (!answer.isDone()) {
      throw wrong(
          "has not answered for "
              + waited.toMillis() / 1000.0
              + " seconds; make it faster, or give it more time.");
    }
  }

  /**
   * The rewards of an answer that is there.
   *
   * @throws RewardException if it failed
   */
  List<OptionalDouble> rewards() {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw failure(e);
    }
  }

  /** The failure that is behind one of waiting; errors are thrown. */
  static RewardException failure(Exception waiting) {
    if (waiting.getCause() instanceof RewardException failure) {
      return failure;
    }
    if (waiting.getCause() instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException("A reward function failed without a reason.", waiting);
  }

  /** Stops the function if it has not answered and can be stopped. */
  void giveUp() {
    if (answer.isDone()) {
      return;
    }
    thread.interrupt();
    if (stage instanceof Future<?> running) {
      running.cancel(true);
    }
  }

  private void ask() {
    try {
      CompletionStage<List<OptionalDouble>> later = function.rewards(request);
      stage = later;
      if (later == null) {
        throw wrong("answered null instead of a stage.");
      }
      later.whenComplete(this::done);
    } catch (Throwable e) { // Whatever it is, the training has to hear of it.
      fail(e);
    }
  }

  private void done(@Nullable List<OptionalDouble> rewards, @Nullable Throwable failure) {
    try {
      if (failure != null) {
        fail(failure);
      } else if (rewards == null) {
        throw wrong("answered null instead of a list.");
      } else {
        answer.complete(checked(new ArrayList<>(rewards)));
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private List<OptionalDouble> checked(List<OptionalDouble> rewards) {
    int expected = request.rollouts().size();
    if (rewards.size() != expected) {
      throw wrong("gave " + rewards.size() + " rewards for " + expected + " completions.");
    }
    for (int row = 0; row < expected; row++) {
      OptionalDouble reward = rewards.get(row);
      if (reward == null || !Double.isFinite(reward.orElse(0))) {
        String found = reward == null ? "null" : String.valueOf(reward.getAsDouble());
        throw RewardException.at(
            function.name(),
            request,
            row,
            "gave " + found + "; a reward is a finite number, or empty.");
      }
    }
    return List.copyOf(rewards);
  }

  private RewardException wrong(String problem) {
    return RewardException.of(function.name(), request, problem);
  }

  private void fail(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    // Errors of the machine, and of classes that a plug-in misses, are told as they are.
    boolean plain =
        cause instanceof RewardException
            || cause instanceof LinkageError
            || cause instanceof OutOfMemoryError;
    answer.completeExceptionally(
        plain ? cause : RewardException.of(function.name(), request, "failed: " + cause, cause));
  }
}
