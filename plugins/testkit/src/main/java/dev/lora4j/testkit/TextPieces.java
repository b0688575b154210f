package dev.lora4j.testkit;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.PrefillTokens;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.StagedCache;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Outputs of a language model for one row that it gets in pieces: an encoder gets its tokens in
 * another order, the others one after the other, with a cache of those before.
 */
record TextPieces(TextRun run) {
  /** Number of tokens of a text that are read at once at its beginning. */
  private static final int BEGUN = 3;

  /** The first of what {@link TextRun#of} gives for the same row at once, in F32. */
  HostTensor of(List<Integer> row) {
    try (Scope scope = run.engine().scope("pieces")) {
      WeightStore weights = run.weights(scope, DType.F32);
      if (run.network() instanceof CausalNetwork network) {
        return texts(scope, network, weights, row);
      } else if (run.network() instanceof Seq2SeqNetwork network) {
        return outputs(scope, network, weights, row);
      }
      HostTensor backwards = run.first(TextRows.of(List.of(row)).backwards(), weights);
      List<double[]> made = TextSteps.rows(backwards);
      Collections.reverse(made);
      return TextSteps.joined(made);
    }
  }

  /** The first tokens at once, each further one by itself. */
  private HostTensor texts(
      Scope scope, CausalNetwork network, WeightStore weights, List<Integer> row) {
    CacheSize size = network.cacheSize();
    Map<String, Tensor> memory = TextSteps.memory(scope, size, row.size());
    Network first =
        TextSteps.compiled(
            scope,
            (graph, own) -> {
              TokenInputs tokens = TokenInputs.declare(graph);
              StagedCache cache = new StagedCache(graph, size, DType.F32, tokens.positions());
              Expr hidden = network.hidden(own, tokens, new PrefillTokens(cache), DType.F32);
              return List.of(network.logits(own, hidden));
            });
    TextRows begun = TextRows.of(List.of(row.subList(0, BEGUN)));
    List<double[]> made = new ArrayList<>();
    try (HeldInputs held = first.hold(scope, weights, Map.of(), memory)) {
      Tensor logits = first.run(scope, held, begun.data(scope, network)).get(0);
      made.addAll(TextSteps.rows(HostTensor.of(logits)));
    }
    Network next =
        TextSteps.compiled(
            scope,
            (graph, own) -> {
              TokenInputs token = TextSteps.token(graph);
              Expr hidden =
                  network.hidden(own, token, TextSteps.next(graph, size, token), DType.F32);
              return List.of(network.logits(own, hidden));
            });
    try (HeldInputs held = next.hold(scope, weights, Map.of(), memory)) {
      TextSteps steps = new TextSteps(scope, next, held);
      for (int at = BEGUN; at < row.size(); at++) {
        made.addAll(steps.take(row.get(at), at));
      }
    }
    return TextSteps.joined(made);
  }

  /** The whole row is read, and each of its tokens written by itself. */
  private HostTensor outputs(
      Scope scope, Seq2SeqNetwork network, WeightStore weights, List<Integer> row) {
    CacheSize size = network.cacheSize();
    Network encode =
        TextSteps.compiled(
            scope,
            (graph, own) -> {
              Expr input = network.input().declare(graph);
              Expr present = TextSteps.tokens(graph, EncodedInputs.PRESENT);
              Expr read = network.encode(own, input, present, DType.F32);
              EncodedInputs seen = network.encodedInputs(own, read, present);
              List<Expr> all = new ArrayList<>(seen.keys());
              all.addAll(seen.values());
              return all;
            });
    Map<String, Tensor> data = TextRows.of(List.of(row)).data(scope, network);
    List<Tensor> seen = encode.run(scope, weights, data);
    Map<String, Tensor> memory = TextSteps.memory(scope, size, row.size());
    memory.putAll(data);
    for (int layer = 0; layer < size.layers(); layer++) {
      memory.put(EncodedInputs.keysName(layer), seen.get(layer));
      memory.put(EncodedInputs.valuesName(layer), seen.get(size.layers() + layer));
    }
    Network next =
        TextSteps.compiled(
            scope,
            (graph, own) -> {
              TokenInputs token = TextSteps.token(graph);
              EncodedInputs encoded = EncodedInputs.declare(graph, size, DType.F32);
              Expr hidden =
                  network.decode(
                      own, token, TextSteps.next(graph, size, token), encoded, DType.F32);
              return List.of(network.logits(own, hidden));
            });
    List<double[]> made = new ArrayList<>();
    try (HeldInputs held = next.hold(scope, weights, Map.of(), memory)) {
      TextSteps steps = new TextSteps(scope, next, held);
      for (int at = 0; at < row.size(); at++) {
        made.addAll(steps.take(at == 0 ? network.start() : row.get(at - 1), at));
      }
    }
    return TextSteps.joined(made);
  }
}
