package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.TextModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that come and go, against each request alone. */
class ContinuousGenerationTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @TempDir private static Path temporary;
  private static ChanceModel model;

  @BeforeAll
  static void open() {
    model = new ChanceModel(ENGINE, temporary.resolve("model"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static void assertEachAsAlone(SamplingSettings sampling, int count, CacheLimits limits) {
    assertEachAsAlone(model, sampling, count, limits);
  }

  private static void assertEachAsAlone(
      ChanceModel model, SamplingSettings sampling, int count, CacheLimits limits) {
    Random random = new Random(5);
    List<GenerationRequest> requests = model.requests(random, sampling, count);
    List<GenerationRow> rows;
    try (ContinuousGeneration generation = model.open(limits)) {
      rows = ChanceModel.serve(generation, requests, random, true);
    }
    assertEquals(count, rows.size());
    rows.forEach(model::assertAsAlone);
    long cancelled =
        rows.stream()
            .filter(row -> row.ending().orElseThrow() == GenerationRow.Ending.CANCELLED)
            .count();
    assertTrue(cancelled > 0 && cancelled < count / 2, cancelled + " were cancelled");
  }

  @Test
  void greedyRowsEqualThoseAlone() {
    assertEachAsAlone(SamplingSettings.GREEDY, 240, CacheLimits.rows(6));
  }

  /** In F64: in F32 a draw may lie where the rounding of a batch of another size decides. */
  @Test
  void sampledRowsEqualThoseAlone() {
    SamplingSettings sampling = SamplingSettings.at(0.9).topP(0.95).penalty(1.1);
    try (ChanceModel precise = new ChanceModel(ENGINE, temporary.resolve("precise"), DType.F64)) {
      assertEachAsAlone(precise, sampling, 80, CacheLimits.rows(5));
    }
  }

  /** Slots become fewer and longer, and more and shorter again. */
  @Test
  void rowsInLittleMemoryEqualThoseAlone() {
    long bytes = 150 * ChanceModel.TOKEN_BYTES;
    assertEachAsAlone(SamplingSettings.GREEDY, 60, CacheLimits.rows(6).bytes(bytes));
  }

  @Test
  void eachStepGivesEachRowOneToken() {
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(3))) {
      GenerationRow first = generation.join(ChanceModel.plain(9, 5)).orElseThrow();
      assertEquals(1, generation.step().size());
      GenerationRow second = generation.join(ChanceModel.plain(4, 2)).orElseThrow();
      assertEquals(2, generation.live());
      List<RowToken> tokens = generation.step();
      assertEquals(Set.of(first, second), Set.of(tokens.get(0).row(), tokens.get(1).row()));
      for (RowToken token : tokens) {
        int[] added = token.row().generated().added();
        assertEquals(added[added.length - 1], token.token());
      }
      generation.step();
      assertEquals(GenerationRow.Ending.LIMIT, second.ending().orElseThrow());
      assertEquals(1, generation.live());
      assertEquals(1, generation.step().size());
    }
  }

  /** Keys and values that are not finite would reach others through the mask. */
  @Test
  void slotOfFailedRowIsClean() {
    MixPlan broken = MixPlan.of(ChanceAdapters.lora(model.programs.base(), 6), 1e38);
    GenerationRequest bad = GenerationRequest.greedy(ChanceModel.plain(50, 1).prompt(), 9, broken);
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      GenerationRow beside = generation.join(ChanceModel.plain(20, 30)).orElseThrow();
      GenerationRow failing = generation.join(bad).orElseThrow();
      assertEquals(1, generation.step().size());
      assertEquals(GenerationRow.Ending.FAILED, failing.ending().orElseThrow());
      assertEquals(ArithmeticException.class, failing.failure().orElseThrow().getClass());
      GenerationRow next = generation.join(ChanceModel.plain(3, 12)).orElseThrow();
      while (generation.live() > 0) {
        generation.step();
      }
      model.assertAsAlone(beside);
      model.assertAsAlone(next);
    }
  }

  @Test
  void failingListenerEndsItsRowAlone() {
    GenerationRequest failing =
        new GenerationRequest(
            new int[] {3},
            9,
            Set.of(),
            SamplingSettings.GREEDY,
            0,
            MixPlan.NONE,
            token -> {
              throw new IllegalStateException("gone");
            });
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      GenerationRow broken = generation.join(failing).orElseThrow();
      GenerationRow beside = generation.join(ChanceModel.plain(3, 4)).orElseThrow();
      for (int i = 0; i < 4; i++) {
        generation.step();
      }
      assertEquals("gone", broken.failure().orElseThrow().getMessage());
      model.assertAsAlone(beside);
    }
  }

  @Test
  void interruptedRowsGoOnLater() {
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      GenerationRow row = generation.join(ChanceModel.plain(12, 4)).orElseThrow();
      generation.step();
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, generation::step);
      assertTrue(Thread.interrupted());
      while (!row.done()) {
        generation.step();
      }
      model.assertAsAlone(row);
    }
  }

  @Test
  void encodersAndDecodersAreRefused() {
    try (Scope scope = ENGINE.scope("t5")) {
      TextModel t5 = TextModel.load(scope, GoldenTexts.folder("t5"), DType.F32);
      TextPrograms programs = TextPrograms.of(scope, t5).orElseThrow();
      String refusal =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> ContinuousGeneration.open(scope, programs, CacheLimits.rows(1)))
              .getMessage();
      assertTrue(refusal.contains("t5 has an encoder"), refusal);
    }
  }

  @Test
  void memoryStaysFlatOverRows() {
    List<GenerationRequest> requests = model.requests(new Random(1), SamplingSettings.GREEDY, 30);
    int owned = model.scope.size();
    for (int round = 0; round < 2; round++) {
      CacheLimits limits = CacheLimits.rows(4).prefixBytes(320 * ChanceModel.TOKEN_BYTES);
      try (ContinuousGeneration generation = model.open(limits)) {
        long live = 0;
        for (int wave = 0; wave < 4; wave++) {
          ChanceModel.serve(generation, requests, new Random(2), true);
          live = wave < 2 ? ENGINE.live() : live;
          assertEquals(live, ENGINE.live(), "wave " + wave);
        }
      }
      owned = round == 0 ? model.scope.size() : owned;
      model.programs.factors().clear();
    }
    assertEquals(owned, model.scope.size());
  }
}
