package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for which there is no room, now or ever. */
class RoomTest {
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

  @Test
  void joinIsRefusedUntilRowsLeave() {
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      assertTrue(generation.join(ChanceModel.plain(5, 9)).isPresent());
      GenerationRow short1 = generation.join(ChanceModel.plain(5, 1)).orElseThrow();
      GenerationRequest more = ChanceModel.plain(6, 3);
      assertEquals(Room.NO_ROW, generation.room(more));
      assertEquals(Optional.empty(), generation.join(more));
      generation.step();
      assertTrue(short1.done());
      assertEquals(Room.FREE, generation.room(more));
      GenerationRow third = generation.join(more).orElseThrow();
      third.cancel();
      assertEquals(Room.FREE, generation.room(more));
      assertEquals(1, generation.live());
    }
  }

  @Test
  void bytesLimitRowsBesideLongOnes() {
    CacheLimits limits = CacheLimits.rows(4).bytes(128 * ChanceModel.TOKEN_BYTES);
    try (ContinuousGeneration generation = model.open(limits)) {
      GenerationRow longer = generation.join(ChanceModel.plain(90, 10)).orElseThrow();
      GenerationRequest shorter = ChanceModel.plain(10, 10);
      assertEquals(Room.NO_BYTES, generation.room(shorter));
      assertTrue(generation.join(shorter).isEmpty());
      generation.step();
      longer.cancel();
      assertTrue(generation.join(shorter).isPresent());
      assertTrue(generation.join(shorter).isPresent());
      generation.step();
      assertTrue(generation.bytes() <= limits.bytes());
    }
  }

  @Test
  void requestsThatNeverFitAreRefused() {
    CacheLimits limits = CacheLimits.rows(4).bytes(128 * ChanceModel.TOKEN_BYTES);
    try (ContinuousGeneration generation = model.open(limits)) {
      GenerationRequest large = ChanceModel.plain(120, 20);
      assertEquals(Room.TOO_LONG, generation.room(large));
      String bytes =
          assertThrows(IllegalArgumentException.class, () -> generation.join(large)).getMessage();
      assertTrue(bytes.contains(140 * ChanceModel.TOKEN_BYTES + " bytes"), bytes);
      String tokens =
          assertThrows(
                  IllegalArgumentException.class, () -> generation.join(ChanceModel.plain(150, 11)))
              .getMessage();
      assertTrue(tokens.contains("at most 160"), tokens);
    }
  }

  @Test
  void longestSequenceHasRoom() {
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(1))) {
      GenerationRow row = generation.join(ChanceModel.plain(150, 10)).orElseThrow();
      while (!row.done()) {
        generation.step();
      }
      assertEquals(10, row.generated().added().length);
    }
  }

  @Test
  void spareRoomStaysWithinLimit() {
    assertEquals(
        Optional.of(new CacheShape(8, 128)), new CacheShape(2, 90).spacious(8, 4096, 10_000));
    assertEquals(Optional.of(new CacheShape(3, 128)), new CacheShape(2, 90).spacious(8, 4096, 500));
    assertEquals(Optional.of(new CacheShape(2, 90)), new CacheShape(2, 90).spacious(8, 4096, 190));
    assertEquals(Optional.empty(), new CacheShape(2, 90).spacious(8, 4096, 170));
    assertEquals(
        Optional.of(new CacheShape(8, 100)), new CacheShape(1, 90).spacious(8, 100, 10_000));
    assertEquals(Optional.of(new CacheShape(1, 64)), new CacheShape(1, 3).spacious(1, 100, 10_000));
  }
}
