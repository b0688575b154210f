package dev.lora4j.text.evaluate;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.data.PaddedBatch;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.EncoderFeatures;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sequences as the inputs of {@link NextTokenLoss}, pairs as those of {@link OutputLoss}. */
public final class ScoredTokens {
  private ScoredTokens() {}

  /** Number of tokens of sequences that are learned. */
  public static int count(List<TokenSequence> sequences) {
    return sequences.stream().mapToInt(TokenSequence::learned).sum();
  }

  /** Number of the sequence of each token that is learned, in order. */
  public static long[] rows(List<TokenSequence> sequences) {
    long[] rows = new long[count(sequences)];
    int at = 0;
    for (int row = 0; row < sequences.size(); row++) {
      int end = at + sequences.get(row).learned();
      Arrays.fill(rows, at, end, row);
      at = end;
    }
    return rows;
  }

  /**
   * The inputs by name, in the order in which the network's loss declares them.
   *
   * @param padId fills short rows; no token attends to it
   * @throws IllegalArgumentException for pairs with a causal network, or others with a
   *     sequence-to-sequence network
   */
  public static Map<String, Tensor> inputs(
      Scope scope, List<TokenSequence> sequences, int padId, LanguageNetwork network) {
    boolean pairs = network instanceof Seq2SeqNetwork;
    if (sequences.stream().anyMatch(s -> pairs == (s.target().length == 0))) {
      throw new IllegalArgumentException(
          pairs
              ? "A sequence without a target is nothing to learn for a model that writes outputs."
              : "A sequence with a target is for models that write outputs; this one goes on from"
                  + " texts.");
    }
    return network instanceof Seq2SeqNetwork both
        ? outputs(scope, sequences, padId, both)
        : texts(scope, sequences, padId);
  }

  /** The place of a token's prediction is that of the token before it. */
  private static Map<String, Tensor> texts(Scope scope, List<TokenSequence> sequences, int padId) {
    PaddedBatch batch = PaddedBatch.of(sequences, padId, 1);
    List<Long> places = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int i = 0; i < batch.ids().length; i++) {
      if (i % batch.columns() > 0 && batch.learned()[i] > 0) {
        places.add(i - 1L);
        targets.add((long) batch.ids()[i]);
      }
    }
    return asked(scope, batch, batch.ids(), places, targets);
  }

  /**
   * The place of an output token's prediction is its own, as the decoder's inputs begin with one
   * more.
   */
  private static Map<String, Tensor> outputs(
      Scope scope, List<TokenSequence> sequences, int padId, Seq2SeqNetwork network) {
    PaddedBatch output = PaddedBatch.ofTargets(sequences, padId, 1);
    int[] shifted = new int[output.ids().length];
    List<Long> places = new ArrayList<>();
    List<Long> targets = new ArrayList<>();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] = i % output.columns() == 0 ? network.start() : output.ids()[i - 1];
      if (output.learned()[i] > 0) {
        places.add((long) i);
        targets.add((long) output.ids()[i]);
      }
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<EncoderFeatures> features =
        sequences.stream().flatMap(s -> s.features().stream()).toList();
    if (features.size() != (network.input().tokens() ? 0 : sequences.size())) {
      throw new IllegalArgumentException(
          network.input().tokens()
              ? "A sequence has features, and this model encodes tokens."
              : "A sequence without features is nothing to encode for this model.");
    }
    inputs.putAll(
        features.isEmpty()
            ? encoded(scope, PaddedBatch.of(sequences, padId, 1))
            : EncoderFeatures.inputs(scope, features, network.input()));
    inputs.putAll(asked(scope, output, shifted, places, targets));
    return inputs;
  }

  private static Map<String, Tensor> encoded(Scope scope, PaddedBatch input) {
    long[] present = new long[input.present().length];
    Arrays.setAll(present, i -> (long) input.present()[i]);
    Shape shape = Shape.of(input.rows(), input.columns());
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(OutputLoss.INPUT, Tensor.ofLongs(scope, shape, longs(input.ids())));
    inputs.put(EncodedInputs.PRESENT, Tensor.ofLongs(scope, shape, present));
    return inputs;
  }

  private static Map<String, Tensor> asked(
      Scope scope, PaddedBatch batch, int[] ids, List<Long> places, List<Long> targets) {
    long[] positions = new long[ids.length];
    Arrays.setAll(positions, i -> i % batch.columns());
    Shape shape = Shape.of(batch.rows(), batch.columns());
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put(TokenInputs.IDS, Tensor.ofLongs(scope, shape, longs(ids)));
    inputs.put(TokenInputs.POSITIONS, Tensor.ofLongs(scope, shape, positions));
    inputs.put(NextTokenLoss.PLACES, list(scope, places));
    inputs.put(NextTokenLoss.TARGETS, list(scope, targets));
    return inputs;
  }

  private static long[] longs(int[] ids) {
    return IntStream.of(ids).asLongStream().toArray();
  }

  private static Tensor list(Scope scope, List<Long> numbers) {
    long[] all = numbers.stream().mapToLong(n -> n).toArray();
    return Tensor.ofLongs(scope, Shape.of(all.length), all);
  }
}
