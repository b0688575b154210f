package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.PaddedBatch;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences as the inputs of {@link CausalLoss}. Only tokens that are learned reach the head: the
 * others would cost as much and count nothing.
 */
final class LearnedTokens {
  private LearnedTokens() {}

  /** How many tokens of sequences are learned. */
  static int count(List<TokenSequence> sequences) {
    return sequences.stream().mapToInt(TokenSequence::learned).sum();
  }

  /**
   * The inputs.
   *
   * @param padId fills short rows; no token sees it
   * @param share what the sum over the learned tokens is multiplied with
   */
  static List<Tensor> inputs(Scope scope, List<TokenSequence> sequences, int padId, double share) {
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
        longs(scope, targets),
        Tensor.scalar(scope, (float) share));
  }

  private static Tensor longs(Scope scope, List<Long> numbers) {
    long[] all = numbers.stream().mapToLong(n -> n).toArray();
    return Tensor.ofLongs(scope, Shape.of(all.length), all);
  }
}
