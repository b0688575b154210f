package dev.lora4j.testkit;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.EncoderFeatures;
import dev.lora4j.text.network.EncoderInput;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tokens of texts side by side.
 *
 * @param ids of each row, all as many
 * @param positions of each token in its row
 * @param tokens how many of a row are tokens; what follows is padding
 */
record TextRows(List<List<Integer>> ids, List<Integer> positions, int tokens) {
  /** Rows without padding. */
  static TextRows of(List<List<Integer>> rows) {
    return new TextRows(rows, List.of(), rows.get(0).size()).inOrder();
  }

  private TextRows inOrder() {
    int width = ids.get(0).size();
    return new TextRows(ids, IntStream.range(0, width).boxed().toList(), tokens);
  }

  /** A copy with so much padding behind the ids. */
  TextRows padded(int more) {
    List<List<Integer>> wider = new ArrayList<>();
    for (List<Integer> row : ids) {
      List<Integer> all = new ArrayList<>(row);
      all.addAll(Collections.nCopies(more, 0));
      wider.add(List.copyOf(all));
    }
    return new TextRows(wider, positions, tokens).inOrder();
  }

  /** The same tokens at the same positions, but handed over from the last to the first. */
  TextRows backwards() {
    return new TextRows(ids.stream().map(TextRows::turned).toList(), turned(positions), tokens);
  }

  private static List<Integer> turned(List<Integer> row) {
    List<Integer> all = new ArrayList<>(row);
    Collections.reverse(all);
    return List.copyOf(all);
  }

  /** [rows, tokens with padding]. */
  Shape shape() {
    return Shape.of(ids.size(), ids.get(0).size());
  }

  /** The inputs by name: of a decoder that reads an input the tokens are both. */
  Map<String, Tensor> data(Scope scope, LanguageNetwork network) {
    Map<String, Tensor> data = new HashMap<>();
    data.put(TokenInputs.IDS, longs(scope, (row, at) -> ids.get(row).get(at)));
    data.put(TokenInputs.POSITIONS, longs(scope, (row, at) -> positions.get(at)));
    if (network instanceof EncoderNetwork) {
      data.put(EncoderInputs.TYPES, longs(scope, (row, at) -> 0));
      data.put(EncoderInputs.PRESENT, longs(scope, (row, at) -> at < tokens ? 1 : 0));
    } else if (network instanceof Seq2SeqNetwork both) {
      data.putAll(both.input().tokens() ? input(scope) : features(scope, both.input()));
      data.put(
          TokenInputs.IDS,
          longs(scope, (row, at) -> at == 0 ? both.start() : ids.get(row).get(at - 1)));
    }
    return data;
  }

  private Map<String, Tensor> input(Scope scope) {
    return Map.of(
        OutputLoss.INPUT,
        longs(scope, (row, at) -> ids.get(row).get(at)),
        EncodedInputs.PRESENT,
        longs(scope, (row, at) -> at < tokens ? 1 : 0));
  }

  /** Numbers that depend on the first tokens of each row, of an encoder that reads no tokens. */
  private Map<String, Tensor> features(Scope scope, EncoderInput input) {
    return EncoderFeatures.inputs(
        scope,
        ids.stream().map(row -> new MadeFeatures(row.subList(0, 2), input.elements())).toList(),
        input);
  }

  private record MadeFeatures(List<Integer> tokens, int count) implements EncoderFeatures {
    @Override
    public String name() {
      return "made of " + tokens;
    }

    @Override
    public String digest() {
      return name();
    }

    @Override
    public float[] values() {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) Math.sin((i + 1) * (1 + tokens.get(0) + 0.1 * tokens.get(1)));
      }
      return values;
    }
  }

  /** Value of a position of a row. */
  private interface Each {
    long of(int row, int at);
  }

  private Tensor longs(Scope scope, Each each) {
    int width = ids.get(0).size();
    long[] all = new long[ids.size() * width];
    Arrays.setAll(all, i -> each.of(i / width, i % width));
    return Tensor.ofLongs(scope, shape(), all);
  }

  /** Outputs for the first tokens of the first rows, of those for all rows of tokens. */
  static HostTensor first(HostTensor made, int rows, int tokens) {
    Shape shape = made.shape();
    int width = (int) shape.size(2);
    int before = (int) shape.size(1);
    double[] all = made.doubles();
    double[] some = new double[rows * tokens * width];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(all, row * before * width, some, row * tokens * width, tokens * width);
    }
    return HostTensor.of(made.dtype(), Shape.of(rows, tokens, width), some);
  }
}
