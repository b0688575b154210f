package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.llama.NewLlama;
import dev.lora4j.text.model.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A small LLaMA with weights from chance, mixes of adapters for it, and requests from chance. */
final class ChanceModel implements AutoCloseable {
  /** Size of the vocabulary. */
  static final int WORDS = 120;

  /** Bytes of a token's keys and values: 2 layers of 2 heads of 8. */
  static final long TOKEN_BYTES = 2 * 2 * 2 * 8 * Float.BYTES;

  static final int LONGEST = 160;

  final Scope scope;
  final CausalPrograms programs;
  final List<MixPlan> mixes;

  ChanceModel(Engine engine, Path folder) {
    this(engine, folder, DType.F32);
  }

  ChanceModel(Engine engine, Path folder, DType compute) {
    try {
      new NewLlama(WORDS, 32, 64, 2, 4, 2, false, LONGEST).write(folder, 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scope = engine.scope("model");
    TextModel base = TextModel.load(scope, folder, compute);
    programs = (CausalPrograms) TextPrograms.of(scope, base).orElseThrow();
    var a = ChanceAdapters.lora(base, 1);
    var b = ChanceAdapters.lora(base, 2);
    var c = ChanceAdapters.lora(base, 3);
    mixes =
        List.of(
            MixPlan.NONE,
            MixPlan.of(a, 1),
            MixPlan.of(b, 0.8),
            MixPlan.of(a, 0.3).with(b, -0.6),
            MixPlan.of(c, 0.5).with(a, 0.5).with(b, 0.1),
            MixPlan.of(c, 1).route(Route.MERGED),
            MixPlan.of(ChanceAdapters.ia3(base, 4), 1),
            MixPlan.of(b, 0.7).with(ChanceAdapters.ia3(base, 5), 0.5),
            MixPlan.of(ChanceAdapters.hydra(base, 7, 3), 1),
            MixPlan.of(a, 0.4).with(ChanceAdapters.hydra(base, 8, 2), 0.6));
  }

  /** A greedy request without adapters after a prompt of so many tokens. */
  static GenerationRequest plain(int prompt, int most) {
    return GenerationRequest.greedy(
        new Random(prompt).ints(prompt, 0, WORDS).toArray(), most, MixPlan.NONE);
  }

  GenerationRequest request(Random random, SamplingSettings sampling) {
    return new GenerationRequest(
        random.ints(1 + random.nextInt(60), 0, WORDS).toArray(),
        1 + random.nextInt(30),
        Set.of(7),
        sampling,
        random.nextLong(),
        mixes.get(random.nextInt(mixes.size())),
        token -> token == 9);
  }

  List<GenerationRequest> requests(Random random, SamplingSettings sampling, int count) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request(random, sampling));
    }
    return requests;
  }

  ContinuousGeneration open(CacheLimits limits) {
    return ContinuousGeneration.open(scope, programs, limits);
  }

  /** The tokens of a request in a batch of its own. */
  GeneratedTokens alone(GenerationRequest request) {
    try (Scope work = scope.child("alone")) {
      GenerationRequest told = request.logProbabilities(LogProbabilities.likeliest(2));
      return new TextGenerator(programs).generate(work, List.of(told)).get(0);
    }
  }

  /**
   * Fails unless a row has the tokens that its request gets alone, or the first of them if it was
   * cancelled. From two tokens that are equally likely on, both may differ.
   */
  void assertAsAlone(GenerationRow row) {
    GeneratedTokens alone = alone(row.request());
    int[] found = row.generated().added();
    boolean cut = row.ending().filter(GenerationRow.Ending.CANCELLED::equals).isPresent();
    int[] expected = cut ? Arrays.copyOf(alone.added(), found.length) : alone.added();
    int at = Arrays.mismatch(expected, found);
    boolean greedy = row.request().sampling().equals(SamplingSettings.GREEDY);
    if (at < 0 || (greedy && at < alone.choices().size() && tied(alone.choices().get(at)))) {
      return;
    }
    assertArrayEquals(expected, found, row.request().mix().toString());
  }

  private static boolean tied(TokenChoice choice) {
    return choice.likeliest().get(0).value() - choice.likeliest().get(1).value() < 1e-5;
  }

  /**
   * Lets requests join when there is room, at times from chance.
   *
   * @param cancelling whether some rows are cancelled
   */
  static List<GenerationRow> serve(
      ContinuousGeneration generation,
      List<GenerationRequest> requests,
      Random random,
      boolean cancelling) {
    Deque<GenerationRequest> waiting = new ArrayDeque<>(requests);
    List<GenerationRow> rows = new ArrayList<>();
    while (!waiting.isEmpty() || generation.live() > 0) {
      while (!waiting.isEmpty() && random.nextInt(3) > 0) {
        Optional<GenerationRow> row = generation.join(waiting.element());
        if (row.isEmpty()) {
          break;
        }
        rows.add(row.get());
        waiting.remove();
      }
      int live = generation.live();
      int got = generation.step().size();
      if (got != live) {
        throw new AssertionError(got + " tokens for " + live + " rows");
      }
      if (cancelling && !rows.isEmpty() && random.nextInt(8) == 0) {
        rows.get(random.nextInt(rows.size())).cancel();
      }
    }
    return rows;
  }

  @Override
  public void close() {
    scope.close();
  }
}
