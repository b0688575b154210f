package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which rows are computed while some are done before others. */
class SampledGenerationTest {
  /** Always foretells the token that is one more than the last one. */
  private static final class Counting implements Decoding {
    private final List<Integer> computed = new ArrayList<>();
    private final long[] begun;
    private int rows;

    Counting(long... begun) {
      this.begun = begun;
      this.rows = begun.length;
    }

    private static float[] after(long... tokens) {
      float[] logits = new float[tokens.length * 100];
      for (int row = 0; row < tokens.length; row++) {
        logits[row * 100 + (int) tokens[row] + 1] = 1;
      }
      return logits;
    }

    @Override
    public List<int[]> begins() {
      return Arrays.stream(begun).mapToObj(b -> new int[] {(int) b}).toList();
    }

    @Override
    public float[] first(Scope step) {
      return after(begun);
    }

    @Override
    public float[] next(Scope step, long[] tokens, long[] positions, int reach) {
      assertEquals(rows, tokens.length);
      computed.add(tokens.length);
      return after(tokens);
    }

    @Override
    public void reorder(Scope step, long[] from, int reach) {
      throw new AssertionError("only beams change places");
    }

    @Override
    public void keep(int[] kept) {
      rows = kept.length;
    }
  }

  @Test
  void finishedRowsAreDroppedAtHalfTheBatch() {
    int[] lengths = {2, 9, 2, 5, 1};
    Counting decoding = new Counting(10, 30, 50, 60, 80);
    List<Sequence> rows = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int[] begin = decoding.begins().get(i);
      rows.add(new Sequence(GenerationRequest.greedy(begin, lengths[i], MixPlan.NONE), begin));
    }
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("rows")) {
      new SampledGeneration(scope, decoding, rows).run();
    }
    for (int i = 0; i < lengths.length; i++) {
      int from = decoding.begins().get(i)[0] + 1;
      assertArrayEquals(IntStream.range(from, from + lengths[i]).toArray(), rows.get(i).added());
    }
    assertEquals(List.of(5, 2, 2, 2, 1, 1, 1, 1), decoding.computed);
  }
}
