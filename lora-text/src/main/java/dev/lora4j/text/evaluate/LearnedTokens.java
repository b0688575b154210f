package dev.lora4j.text.evaluate;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.PaddedBatch;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Sequences as the inputs of {@link dev.lora4j.text.network.NextTokenLoss}. */
public final class LearnedTokens {
  private LearnedTokens() {}

  /** How many tokens of sequences are learned. */
  public static int count(List<TokenSequence> sequences) {
    return sequences.stream().mapToInt(TokenSequence::learned).sum();
  }

  /**
   * The inputs, which ask for the tokens that are learned.
   *
   * @param padId fills short rows; no token sees it
   */
  public static List<Tensor> inputs(Scope scope, List<TokenSequence> sequences, int padId) {
    PaddedBatch batch = PaddedBatch.of(sequences, padId, 1);
    long[] ids = IntStream.of(batch.ids()).asLongStream().toArray();
    long[] positions = new long[ids.length];
    List<Long> places = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      positions[i] = i % batch.columns();
      if (positions[i] > 0 && batch.learned()[i] > 0) {
        // A token is foretold where the one before it stands.
        places.add(i - 1L);
        targets.add(ids[i]);
      }
    }
    Shape shape = Shape.of(batch.rows(), batch.columns());
    return List.of(
        Tensor.ofLongs(scope, shape, ids),
        Tensor.ofLongs(scope, shape, positions),
        longs(scope, places),
        longs(scope, targets));
  }

  private static Tensor longs(Scope scope, List<Long> numbers) {
    long[] all = numbers.stream().mapToLong(n -> n).toArray();
    return Tensor.ofLongs(scope, Shape.of(all.length), all);
  }
}
