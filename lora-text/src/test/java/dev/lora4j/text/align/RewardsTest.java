package dev.lora4j.text.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several reward functions, good and bad, asked together. */
class RewardsTest {
  private static final RewardRequest THREE = Rollouts.of("a", "bb", "ccc");
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final OptionalDouble NOTHING = OptionalDouble.empty();

  private static RewardFunction answering(
      Function<RewardRequest, CompletionStage<List<OptionalDouble>>> answer) {
    return RewardFunction.ofRequest("odd", answer);
  }

  private static RewardFunction giving(OptionalDouble... rewards) {
    return answering(request -> CompletableFuture.completedFuture(Arrays.asList(rewards)));
  }

  private static OptionalDouble of(double reward) {
    return OptionalDouble.of(reward);
  }

  private static Rewards rewards(RewardFunction... functions) {
    return Rewards.of(Stream.of(functions).map(f -> new WeightedReward(f, 1)).toList());
  }

  @Test
  void sumIsWeightedAndLeavesOutNothing() {
    RewardFunction length = RewardFunction.of("length-of-text", r -> r.completion().length());
    Rewards rewards =
        Rewards.of(
            List.of(
                new WeightedReward(length, -0.5),
                new WeightedReward(giving(of(4), NOTHING, of(2)), 2)));
    RewardTable given = rewards.ask(THREE);
    assertEquals(
        List.of(List.of(of(1), of(2), of(3)), List.of(of(4), NOTHING, of(2))), given.each());
    assertEquals(List.of(of(7.5), of(-1), of(2.5)), given.sums());
  }

  @Test
  void nothingByAllIsNothing() {
    RewardFunction other =
        RewardFunction.ofRequest("other", giving(NOTHING, NOTHING, of(1))::rewards);
    Rewards rewards =
        Rewards.of(
            List.of(
                new WeightedReward(giving(NOTHING, of(3), NOTHING), 0),
                new WeightedReward(other, 1)));
    // A weight of 0 is something to say, as in TRL's sum.
    assertEquals(List.of(NOTHING, of(0), of(1)), rewards.ask(THREE).sums());
  }

  @Test
  void functionsAreAskedAtOnceAndMayAnswerLater() {
    CyclicBarrier both = new CyclicBarrier(2);
    Function<RewardRequest, CompletionStage<List<OptionalDouble>>> later =
        request ->
            CompletableFuture.supplyAsync(
                () -> Collections.nCopies(request.rollouts().size(), of(1)),
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
    RewardFunction meeting =
        RewardFunction.ofRequest(
            "meeting",
            request -> {
              meet(both);
              return later.apply(request);
            });
    RewardFunction other = RewardFunction.ofRequest("other", meeting::rewards);
    assertEquals(
        Collections.nCopies(3, of(2)),
        rewards(meeting, other).patience(Duration.ofSeconds(20)).ask(THREE).sums());
  }

  private static void meet(CyclicBarrier both) {
    try {
      both.await(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("asked one after the other", e);
    }
  }

  @Test
  void noCompletionsNeedNoAnswer() {
    RewardFunction never = answering(request -> new CompletableFuture<>());
    RewardTable given = rewards(never).ask(new RewardRequest(List.of(), 1));
    assertEquals(List.of(List.of()), given.each());
    assertEquals(List.of(), given.sums());
  }

  static Stream<Arguments> badFunctions() {
    return Stream.of(
        bad(
            "throws",
            -1,
            "failed: java.lang.IllegalStateException: no rules",
            r -> {
              throw new IllegalStateException("no rules");
            }),
        bad(
            "fails later",
            -1,
            "failed: java.io.IOException: gone",
            r -> CompletableFuture.failedFuture(new java.io.IOException("gone"))),
        bad(
            "fails behind others",
            -1,
            "failed: java.lang.IllegalStateException: deep",
            r ->
                CompletableFuture.supplyAsync(
                    () -> {
                      throw new IllegalStateException("deep");
                    })),
        bad("runs out of stack", -1, "failed: java.lang.StackOverflowError", RewardsTest::endless),
        bad("never answers", -1, "not answered for 0.2 seconds", r -> new CompletableFuture<>()),
        bad("blocks", -1, "not answered for 0.2 seconds", r -> blocked()),
        bad("answers null", -1, "null instead of a stage", r -> nothing()),
        bad(
            "answers a null list",
            -1,
            "null instead of a list",
            r -> CompletableFuture.completedFuture(nothing())),
        bad("has a null reward", 1, "gave null", list(of(1), nothing(), of(1))),
        bad("gives NaN", 2, "gave NaN", list(of(1), of(1), of(Double.NaN))),
        bad("gives infinity", 0, "gave -Infinity", list(of(-1 / 0.0), of(1), of(1))),
        bad("gives too few", -1, "gave 2 rewards for 3 completions", list(of(1), of(1))),
        bad("gives too many", -1, "gave 4 rewards for 3", list(of(1), of(1), of(1), of(1))),
        bad(
            "names a row",
            1,
            "is rude",
            r -> {
              throw RewardException.at("odd", r, 1, "is rude.");
            }));
  }

  private static Arguments bad(
      String how,
      int row,
      String told,
      Function<RewardRequest, CompletionStage<List<OptionalDouble>>> function) {
    return Arguments.of(how, row, told, answering(function));
  }

  private static Function<RewardRequest, CompletionStage<List<OptionalDouble>>> list(
      OptionalDouble... rewards) {
    return request -> CompletableFuture.completedFuture(Arrays.asList(rewards));
  }

  private static CompletionStage<List<OptionalDouble>> endless(RewardRequest request) {
    return request.step() < 0
        ? new CompletableFuture<>()
        : endless(new RewardRequest(request.rollouts(), request.step() + 1));
  }

  /** Java lets a function do this, whatever its type says. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  private static CompletionStage<List<OptionalDouble>> blocked() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CompletableFuture.completedFuture(List.of(of(1), of(1), of(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFunctions")
  void badFunctionIsNamedWithItsStep(String how, int row, String told, RewardFunction function) {
    RewardFunction good = RewardFunction.of("good", r -> 1);
    RewardException thrown =
        assertTimeout(
            Duration.ofSeconds(10),
            () ->
                assertThrows(
                    RewardException.class,
                    () -> rewards(good, function).patience(SHORT).ask(THREE)));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.startsWith("In step 7, the reward odd"), message);
    assertTrue(message.contains(told), message);
    assertEquals("odd", thrown.function());
    assertEquals(7, thrown.step());
    assertEquals(row < 0 ? OptionalInt.empty() : OptionalInt.of(row), thrown.row());
    assertEquals(row >= 0, message.contains("at completion " + (row + 1) + " of 3"), message);
  }

  @Test
  void failureIsToldBeforeTheSlowAnswer() {
    RewardFunction slow = RewardFunction.ofRequest("slow", r -> new CompletableFuture<>());
    RewardFunction failing = RewardFunction.of("failing", r -> 1 / 0.0);
    assertTimeout(
        Duration.ofSeconds(30),
        () -> assertThrows(RewardException.class, () -> rewards(slow, failing).ask(THREE)));
  }

  @Test
  void rowOfAFailingLambdaIsKnown() {
    RewardFunction picky = RewardFunction.of("picky", r -> 1.0 / Integer.parseInt(r.completion()));
    RewardException thrown =
        assertThrows(
            RewardException.class,
            () -> rewards(picky).ask(Rollouts.of("1", "two " + "words ".repeat(30))));
    assertEquals(OptionalInt.of(1), thrown.row());
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("at completion 2 of 2 ('two words words"), message);
    assertTrue(message.length() < 400, message);
  }

  @Test
  void lateFunctionIsInterruptedAndItsStageCancelled() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<List<OptionalDouble>> stage = new CompletableFuture<>();
    RewardFunction blocking =
        RewardFunction.ofRequest(
            "blocking",
            r -> {
              CompletionStage<List<OptionalDouble>> after = blocked();
              interrupted.countDown();
              return after;
            });
    Rewards rewards = rewards(blocking, answering(r -> stage)).patience(SHORT);
    assertThrows(RewardException.class, () -> rewards.ask(THREE));
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    assertTrue(stage.isCancelled());
  }

  @Test
  void interruptEndsTheWaiting() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>(new AssertionError("nothing"));
    CountDownLatch asked = new CountDownLatch(1);
    RewardFunction never =
        answering(
            request -> {
              asked.countDown();
              return new CompletableFuture<>();
            });
    Thread trainer =
        new Thread(
            () -> {
              try {
                rewards(never).ask(THREE);
              } catch (CancellationException e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : new AssertionError(e));
              }
            });
    trainer.start();
    assertTrue(asked.await(10, TimeUnit.SECONDS));
    trainer.interrupt();
    trainer.join(10_000);
    assertEquals(CancellationException.class, thrown.get().getClass());
  }

  @Test
  void errorsOfClassesAreToldAsTheyAre() {
    RewardFunction broken =
        answering(
            request -> {
              throw new NoSuchMethodError("gone");
            });
    assertThrows(NoSuchMethodError.class, () -> rewards(broken).ask(THREE));
  }

  @Test
  void sumBeyondNumbersIsRefused() {
    Rewards rewards =
        Rewards.of(List.of(new WeightedReward(giving(of(1), of(1e308), of(1)), 1e10)));
    RewardException thrown = assertThrows(RewardException.class, () -> rewards.ask(THREE));
    assertEquals(OptionalInt.of(1), thrown.row());
  }

  @Test
  void weightsAreWrittenBesideSettings() {
    WeightedReward half = RewardFunctions.weighted("regex:pattern=[0-9]{1,3}$,weight=-0.5");
    assertEquals(-0.5, half.weight());
    assertEquals(RewardFunctions.named("regex", Map.of("pattern", "[0-9]{1,3}$")), half.function());
    assertEquals(1, RewardFunctions.weighted("ended").weight());
    assertTold("'ended:weight=much'", () -> RewardFunctions.weighted("ended:weight=much"));
    assertTold("must be a number", () -> RewardFunctions.weighted("ended:weight=NaN"));
    assertTold("pattern", () -> RewardFunctions.weighted("regex"));
    assertTold("ended", () -> RewardFunctions.weighted("endet"));
  }

  @Test
  void functionsThatDoNotGoTogetherAreRefused() {
    RewardFunction good = RewardFunction.of("good", r -> 1);
    assertTold("needs a reward function", () -> rewards());
    assertTold("twice", () -> rewards(good, good));
    assertTold("above 0", () -> rewards(good).patience(Duration.ZERO));
    assertTold("needs a name", () -> RewardFunction.of(" ", r -> 1));
  }

  @Test
  void namesAreDifferentAndCanonicalFormKnowsWeights() {
    Rewards rewards =
        Rewards.of(
            List.of(
                RewardFunctions.weighted("regex:pattern=a"),
                RewardFunctions.weighted("regex:pattern=b,weight=2")));
    assertEquals(List.of("regex", "regex-2"), rewards.names());
    assertEquals(
        "Rewards[function0=Regex[pattern=a, whole=false], weight0=1.0,"
            + " function1=Regex[pattern=b, whole=false], weight1=2.0]",
        rewards.canonical());
    assertEquals(rewards.canonical(), rewards.patience(SHORT).canonical());
    assertFalse(
        RewardFunction.of("one", r -> 1)
            .canonical()
            .equals(RewardFunction.of("two", r -> 1).canonical()));
  }

  private static void assertTold(String words, Runnable wrong) {
    String told = String.valueOf(assertThrows(RuntimeException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
