package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.TextModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that begin as others did. */
class PrefixCacheTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final long BLOCK_BYTES = PrefixCache.BLOCK * ChanceModel.TOKEN_BYTES;

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

  private static ContinuousGeneration generation(int blocks) {
    return model.open(CacheLimits.rows(5).prefixBytes(blocks * BLOCK_BYTES));
  }

  /** Tokens of the hits of a prompt. */
  private static long hits(
      ContinuousGeneration generation, int[] prompt, MixPlan mix, String tenant) {
    long before = generation.prefixes().hits();
    GenerationRow row =
        generation.join(GenerationRequest.greedy(prompt, 6, mix), tenant).orElseThrow();
    while (!row.done()) {
      generation.step();
    }
    model.assertAsAlone(row);
    return generation.prefixes().hits() - before;
  }

  private static int[] prompt(int seed, int tokens) {
    return new Random(seed).ints(tokens, 0, ChanceModel.WORDS).toArray();
  }

  /** A prompt that begins as another one. */
  private static int[] prompt(int[] prefix, int tokens) {
    int[] all = Arrays.copyOf(prompt(tokens, tokens), tokens);
    System.arraycopy(prefix, 0, all, 0, Math.min(prefix.length, tokens));
    return all;
  }

  @Test
  void rowsBehindPrefixesEqualThoseAlone() {
    Random random = new Random(3);
    try (ContinuousGeneration generation = generation(40)) {
      List<GenerationRow> rows = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        int[] prompt = prompt(prompt(random.nextInt(3), 70), 1 + random.nextInt(90));
        MixPlan mix = model.mixes.get(random.nextInt(model.mixes.size()));
        GenerationRequest request = GenerationRequest.greedy(prompt, 12, mix);
        String tenant = random.nextInt(4) == 0 ? "other" : "";
        while (generation.room(request) != Room.FREE) {
          generation.step();
        }
        rows.add(generation.join(request, tenant).orElseThrow());
        for (int step = random.nextInt(4); step > 0; step--) {
          generation.step();
        }
      }
      while (generation.live() > 0) {
        generation.step();
      }
      rows.forEach(model::assertAsAlone);
      PrefixCounts counts = generation.prefixes();
      assertTrue(counts.hits() > counts.queries() / 8, counts.toString());
      assertEquals(
          rows.stream().mapToLong(r -> r.request().prompt().length).sum(), counts.queries());
      assertTrue(counts.bytes() <= 40 * BLOCK_BYTES, counts.toString());
    }
  }

  @Test
  void wholeBlocksBeforeTheLastTokenHit() {
    try (ContinuousGeneration generation = generation(40)) {
      int[] prompt = prompt(1, 40);
      assertEquals(0, hits(generation, prompt, MixPlan.NONE, ""));
      assertEquals(32, hits(generation, prompt, MixPlan.NONE, ""));
      assertEquals(16, hits(generation, Arrays.copyOf(prompt, 32), MixPlan.NONE, ""));
      assertEquals(32, hits(generation, prompt(prompt, 60), MixPlan.NONE, ""));
      int[] other = prompt.clone();
      other[20]++;
      assertEquals(16, hits(generation, other, MixPlan.NONE, ""));
      other[0]++;
      assertEquals(0, hits(generation, other, MixPlan.NONE, ""));
      assertEquals(40 + 40 + 32 + 60 + 40 + 40, generation.prefixes().queries());
    }
  }

  @Test
  void otherTenantsAndMixesDoNotHit() {
    Adapter ink = ChanceAdapters.lora(model.programs.base(), 1).described("ink", Map.of());
    Adapter glow = ChanceAdapters.lora(model.programs.base(), 2).described("glow", Map.of());
    List<MixPlan> mixes =
        List.of(
            MixPlan.NONE,
            MixPlan.of(ink, 1),
            MixPlan.of(ink, 0.5),
            MixPlan.of(glow, 1),
            MixPlan.of(ink, 1).with(glow, 1),
            MixPlan.of(glow, 1).with(ink, 1),
            MixPlan.of(ink, 1).route(Route.MERGED));
    try (ContinuousGeneration generation = generation(400)) {
      int[] prompt = prompt(1, 40);
      for (String tenant : List.of("", "ink", "ink 1", "glow")) {
        for (MixPlan mix : mixes) {
          assertEquals(0, hits(generation, prompt, mix, tenant), tenant + ": " + mix);
          assertEquals(32, hits(generation, prompt, mix, tenant), tenant + ": " + mix);
        }
      }
      MixPlan renamed = MixPlan.of(ink.described("other", Map.of()), 1);
      assertEquals(32, hits(generation, prompt, renamed, "ink"));
    }
  }

  @Test
  void leastRecentlyUsedBlocksGoFirst() {
    try (ContinuousGeneration generation = generation(5)) {
      hits(generation, prompt(1, 33), MixPlan.NONE, "");
      hits(generation, prompt(2, 33), MixPlan.NONE, "");
      assertEquals(4 * BLOCK_BYTES, generation.prefixes().bytes());
      assertEquals(32, hits(generation, prompt(1, 33), MixPlan.NONE, ""));
      hits(generation, prompt(3, 33), MixPlan.NONE, "");
      assertEquals(5 * BLOCK_BYTES, generation.prefixes().bytes());
      assertEquals(32, hits(generation, prompt(1, 33), MixPlan.NONE, ""));
      // Of the second the end went, as a block is of no use without those before it.
      assertEquals(16, hits(generation, prompt(2, 33), MixPlan.NONE, ""));
      // Longer than all blocks together.
      hits(generation, prompt(4, 150), MixPlan.NONE, "");
      assertEquals(80, hits(generation, prompt(4, 150), MixPlan.NONE, ""));
      assertEquals(5 * BLOCK_BYTES, generation.prefixes().bytes());
    }
  }

  @Test
  void withoutRoomNothingIsCached() {
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      hits(generation, prompt(1, 40), MixPlan.NONE, "");
      assertEquals(0, hits(generation, prompt(1, 40), MixPlan.NONE, ""));
      assertEquals(new PrefixCounts(0, 0, 0), generation.prefixes());
    }
  }

  /** Learned positions, windows, norms of heads and grouped heads. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3",
        "mistral",
        "qwen3",
        "gemma2",
        "gemma3",
        "smollm3",
        "granite",
        "starcoder2",
        "gpt-neox",
        "opt",
        "olmo3",
        "phi4-mini",
        "gpt2"
      })
  void everyFamilyReadsBehindPrefixes(String name) {
    try (Scope scope = ENGINE.scope("family")) {
      TextModel base = TextModel.load(scope, GoldenTexts.folder(name), DType.F32);
      TextPrograms programs = TextPrograms.of(scope, base).orElseThrow();
      int words = base.network().vocabulary();
      int[] prompt = IntStream.range(0, 40).map(i -> i * 31 % words).toArray();
      GenerationRequest request = GenerationRequest.greedy(prompt, 10, MixPlan.NONE);
      int[] alone = new TextGenerator(programs).generate(scope, List.of(request)).get(0).added();
      CacheLimits limits = CacheLimits.rows(2).prefixBytes(1 << 20);
      try (ContinuousGeneration generation = ContinuousGeneration.open(scope, programs, limits)) {
        for (int i = 0; i < 2; i++) {
          GenerationRow row = generation.join(request).orElseThrow();
          while (!row.done()) {
            generation.step();
          }
          assertArrayEquals(alone, row.generated().added());
          assertEquals(32L * i, generation.prefixes().hits());
        }
      }
    }
  }
}
