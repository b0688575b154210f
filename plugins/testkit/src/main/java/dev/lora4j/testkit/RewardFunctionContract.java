package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rollout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Contract of {@link RewardFunction}. */
public abstract class RewardFunctionContract extends ExtensionContract<RewardFunction> {
  private static final long STEP = 3;

  /** Tests a reward function on the class path, see {@link ExtensionContract}. */
  protected RewardFunctionContract(String request) {
    super(RewardFunction.class, request);
  }

  /** Completions to judge; the function has a reward for at least one of them. */
  protected List<Rollout> rollouts() {
    return List.of(
        rollout("Two and two make 4.", true),
        rollout("4", true),
        rollout("{\"answer\": 4}", true),
        rollout("<think>2 + 2</think>\nfour", true),
        rollout("It is well known that " + "very ".repeat(40), false));
  }

  /** Returns false if the rewards of some completions depend on the others of the step. */
  protected boolean judgesEachByItself() {
    return true;
  }

  /** The longest that it may take. */
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  private static Rollout rollout(String completion, boolean ended) {
    return new Rollout(
        "2 + 2 = ", completion, completion.chars().boxed().toList(), ended, Map.of("answer", "4"));
  }

  private List<OptionalDouble> rewards(List<Rollout> rollouts) {
    CompletionStage<List<OptionalDouble>> answer =
        extension().rewards(new RewardRequest(rollouts, STEP));
    assertTrue(answer != null, "it answers null");
    try {
      List<OptionalDouble> rewards =
          answer.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
      assertTrue(rewards != null, "its list is null");
      return rewards;
    } catch (TimeoutException e) {
      throw new AssertionError("no answer for " + patience(), e);
    } catch (ExecutionException e) {
      throw new AssertionError("it fails: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void requireRewards(List<Rollout> rollouts) {
    List<OptionalDouble> rewards = rewards(rollouts);
    assertEquals(rollouts.size(), rewards.size(), "rewards for so many completions");
    for (int i = 0; i < rewards.size(); i++) {
      OptionalDouble reward = rewards.get(i);
      assertTrue(
          reward != null && Double.isFinite(reward.orElse(0)),
          "'" + rollouts.get(i).completion() + "' has the reward " + reward);
    }
  }

  @Test
  void eachCompletionHasARewardOrNone() {
    List<Rollout> all = rollouts();
    for (int count = 1; count <= all.size(); count++) {
      requireRewards(all.subList(0, count));
    }
    assertTrue(
        rewards(all).stream().anyMatch(OptionalDouble::isPresent),
        "it has nothing to say of any; override rollouts()");
  }

  /** Models write anything, above all at first. */
  @Test
  void oddCompletionsAreJudgedToo() {
    List<Rollout> odd = new ArrayList<>();
    for (String text :
        List.of(
            "", " \n\t", "\ud83d", "[".repeat(2000), "{\"a\": [1, 2", "\u0000", "(a".repeat(500))) {
      odd.add(new Rollout("", text, List.of(), false, Map.of()));
    }
    requireRewards(odd);
  }

  @Test
  void theSameRequestGivesTheSameRewards() throws Exception {
    List<Rollout> all = rollouts();
    ManyThreads.agree(() -> rewards(all));
  }

  @Test
  void aCompletionIsJudgedByItself() {
    if (!judgesEachByItself()) {
      return;
    }
    List<Rollout> all = rollouts();
    List<OptionalDouble> together = new ArrayList<>(rewards(all));
    List<OptionalDouble> alone =
        all.stream().flatMap(one -> rewards(List.of(one)).stream()).toList();
    assertEquals(together, alone, "other completions change a reward");
  }

  @Test
  void orderOfCompletionsDoesNotMatter() {
    List<Rollout> backwards = new ArrayList<>(rollouts());
    Collections.reverse(backwards);
    List<OptionalDouble> rewards = new ArrayList<>(rewards(backwards));
    Collections.reverse(rewards);
    assertEquals(rewards(rollouts()), rewards);
  }

  @Test
  void canonicalFormIsTheSameEachTime() {
    // A resumed run is known by it.
    assertEquals(extension().canonical(), extension().canonical());
  }

  @Test
  void nameIsTheOneItIsAskedForBy() {
    assertEquals(info().name(), extension().name());
  }
}
