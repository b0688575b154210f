package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reward functions of a training, which are asked together.
 *
 * @param functions at least one
 * @param patience the longest that all of them together may take for a step
 */
public record Rewards(List<WeightedReward> functions, Duration patience) implements Canonical {
  /** The patience if nothing else is said. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Checks that there are functions.
   *
   * @throws IllegalArgumentException if there is none, one is there twice, or there is no patience
   */
  public Rewards {
    functions = List.copyOf(functions);
    if (functions.isEmpty()) {
      throw new IllegalArgumentException("Learning from rewards needs a reward function.");
    }
    if (functions.stream().map(WeightedReward::function).distinct().count() < functions.size()) {
      throw new IllegalArgumentException(
          "A reward function is there twice; say it once, with a weight of its own.");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException(
          "The time for rewards must be above 0, found " + patience + ".");
    }
  }

  /** Functions with {@link #PATIENCE}. */
  public static Rewards of(List<WeightedReward> functions) {
    return new Rewards(functions, PATIENCE);
  }

  /** The same functions with another patience. */
  public Rewards patience(Duration longest) {
    return new Rewards(functions, longest);
  }

  /**
   * The functions as they answer during a training: those that need something of it are opened. The
   * names stay.
   *
   * @throws RuntimeException as {@link ModelReward#open} says
   */
  public Rewards open(RewardContext run) {
    List<WeightedReward> opened = new ArrayList<>();
    for (WeightedReward each : functions) {
      opened.add(
          each.function() instanceof ModelReward model
              ? new WeightedReward(model.open(run), each.weight())
              : each);
    }
    return new Rewards(opened, patience);
  }

  /** A name for each function, no two alike: {@code regex}, {@code regex-2}. */
  public List<String> names() {
    Map<String, Integer> seen = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (WeightedReward each : functions) {
      String name = each.function().name();
      int count = seen.merge(name, 1, Integer::sum);
      names.add(count == 1 ? name : name + "-" + count);
    }
    return List.copyOf(names);
  }

  /**
   * Asks all functions at once and waits for them. A function that is not waited for any longer is
   * interrupted, and its stage cancelled.
   *
   * @throws RewardException if one fails, gives what are no rewards, or is too late
   * @throws CancellationException if the calling thread is interrupted, which it stays
   */
  public RewardTable ask(RewardRequest request) {
    if (request.rollouts().isEmpty()) {
      return new RewardTable(
          functions.stream().map(f -> List.<OptionalDouble>of()).toList(), List.of());
    }
    List<RewardAnswer> answers =
        functions.stream().map(each -> new RewardAnswer(each.function(), request)).toList();
    try {
      await(answers);
    } finally {
      answers.forEach(RewardAnswer::giveUp);
    }
    List<List<OptionalDouble>> each = answers.stream().map(RewardAnswer::rewards).toList();
    List<OptionalDouble> sums = new ArrayList<>();
    for (int row = 0; row < request.rollouts().size(); row++) {
      sums.add(sum(each, request, row));
    }
    return new RewardTable(each, sums);
  }

  /** Waits for the last answer or the first failure. */
  private void await(List<RewardAnswer> answers) {
    CompletableFuture<Object> failure = new CompletableFuture<>();
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (RewardAnswer each : answers) {
      all.add(
          each.answer()
              .whenComplete(
                  (rewards, thrown) -> {
                    if (thrown != null) {
                      failure.completeExceptionally(thrown);
                    }
                  }));
    }
    CompletableFuture<Void> last =
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    try {
      CompletableFuture.anyOf(last, failure).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Waiting for rewards was interrupted.");
    } catch (TimeoutException e) {
      answers.forEach(each -> each.requireAnswer(patience));
    } catch (ExecutionException e) {
      throw RewardAnswer.failure(e);
    }
  }

  /** The sum of what was given for a completion. */
  private OptionalDouble sum(List<List<OptionalDouble>> each, RewardRequest request, int row) {
    double sum = 0;
    boolean given = false;
    for (int i = 0; i < functions.size(); i++) {
      OptionalDouble reward = each.get(i).get(row);
      if (reward.isPresent()) {
        sum += functions.get(i).weight() * reward.getAsDouble();
        given = true;
      }
    }
    if (!Double.isFinite(sum)) {
      throw RewardException.at(
          String.join(" + ", names()),
          request,
          row,
          "sums up to " + sum + "; give smaller weights.");
    }
    return given ? OptionalDouble.of(sum) : OptionalDouble.empty();
  }

  @Override
  public String canonical() {
    CanonicalForm form = CanonicalForm.of("Rewards");
    for (int i = 0; i < functions.size(); i++) {
      form =
          form.with("function" + i, functions.get(i).function())
              .with("weight" + i, functions.get(i).weight());
    }
    return form.text();
  }
}
