package dev.lora4j.text.encode;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * Texts that are encoded together. Each has adapters of its own, unmerged where possible; texts
 * with different merged adapters are encoded in groups, or together up to the head if they differ
 * in heads alone. Shorter texts are padded, which no token attends to.
 */
public final class TextEncoding {
  private final EncoderPrograms programs;
  private final TextModel base;

  /** With these programs. */
  public TextEncoding(EncoderPrograms programs) {
    this.programs = programs;
    this.base = programs.base();
  }

  /**
   * An output of each text, in their order; {@link EncoderOutput} has the shapes.
   *
   * @throws ModelException if the model lacks this output, or a text is too long for it or has an
   *     unknown token
   * @throws CancellationException if the calling thread is interrupted
   */
  public List<float[]> of(EncoderOutput output, List<EncoderText> texts) {
    texts.forEach(this::require);
    List<MixPlan> plans =
        texts.stream()
            .map(EncoderText::mix)
            .map(p -> p.route() == Route.AUTO ? p.route(Route.UNMERGED) : p)
            .toList();
    BatchMix mix = new BatchMix(plans, base.sites(), TextModel.MODEL);
    List<List<Integer>> groups = groups(mix, texts.size());
    float[][] found = new float[texts.size()][];
    try (Scope scope = programs.scope().child("texts");
        StackedFactors.Use factors = programs.factors().of(mix)) {
      Batch batch = new Batch(output, texts, plans, mix, factors.tensors());
      if (groups.size() > 1 && differsInHeads(output, mix)) {
        encodeTogether(scope, batch, groups, found);
      } else {
        for (List<Integer> group : groups) {
          encode(scope, batch, group, found);
        }
      }
    }
    return List.of(found);
  }

  /** Texts with their adapters, and the factors of all. */
  private record Batch(
      EncoderOutput output,
      List<EncoderText> texts,
      List<MixPlan> plans,
      BatchMix mix,
      Map<String, Tensor> factors) {}

  /** True if adapters are in weights of the head alone, and beside those of the other layers. */
  private boolean differsInHeads(EncoderOutput output, BatchMix mix) {
    if (output != EncoderOutput.LABELS && output != EncoderOutput.TAGS) {
      return false;
    }
    Set<String> head = programs.headSites(output);
    return head.containsAll(mix.mergedSiteNames())
        && Collections.disjoint(head, mix.unmergedSites());
  }

  /** Texts that share all weights, through the whole network. */
  private void encode(Scope scope, Batch batch, List<Integer> group, float[][] found) {
    requireGoing();
    try (Scope work = scope.child("group")) {
      Map<String, Tensor> data = data(work, batch, group);
      Network network = programs.of(batch.output(), batch.mix().unmergedSites());
      Tensor all = run(work, batch, network, merged(work, batch, group), data);
      take(batch, all, group, group, found);
    }
  }

  /*
   * Adapters of classifiers each bring their head, which is merged. Through the layers below it all
   * texts go together; those of a group apart would take as many passes as there are adapters.
   */
  private void encodeTogether(
      Scope scope, Batch batch, List<List<Integer>> groups, float[][] found) {
    requireGoing();
    List<Integer> all = IntStream.range(0, batch.texts().size()).boxed().toList();
    Map<String, Tensor> data = data(scope, batch, all);
    Network layers = programs.of(EncoderOutput.TOKENS, batch.mix().unmergedSites());
    data.put(EncoderPrograms.HIDDEN, run(scope, batch, layers, Map.of(), data));
    data.remove(UnmergedAdapters.WEIGHTS);
    Network head = programs.head(batch.output());
    for (List<Integer> group : groups) {
      try (Scope work = scope.child("head")) {
        Tensor logits = run(work, batch, head, merged(work, batch, group), data);
        take(batch, logits, all, group, found);
      }
    }
  }

  private static void requireGoing() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("encoding texts was interrupted");
    }
  }

  private Map<String, Tensor> merged(Scope scope, Batch batch, List<Integer> group) {
    int first = group.get(0);
    MergedSites inside = batch.mix().mergedSites(scope, programs.patch(), base.weights(), first);
    return inside.at(batch.plans().get(first).at(0, 1));
  }

  private Tensor run(
      Scope scope,
      Batch batch,
      Network network,
      Map<String, Tensor> merged,
      Map<String, Tensor> data) {
    try (HeldInputs held = network.hold(scope, base.weights(), merged, batch.factors())) {
      return network.run(scope, held, data).get(0);
    }
  }

  private void take(
      Batch batch, Tensor output, List<Integer> rows, List<Integer> wanted, float[][] found) {
    float[] all = output.floats();
    int each = all.length / rows.size();
    for (int text : wanted) {
      int row = rows.indexOf(text);
      int length = each(batch.output(), batch.texts().get(text), each);
      found[text] = Arrays.copyOfRange(all, row * each, row * each + length);
    }
  }

  /** Number of a row's values that belong to its text. */
  private int each(EncoderOutput output, EncoderText text, int row) {
    return switch (output) {
      case TOKENS -> text.ids().length * programs.network().width();
      case TAGS -> text.ids().length * programs.network().labels().size();
      case MEAN, FIRST, LAST, POOLED, LABELS -> row;
    };
  }

  private static List<List<Integer>> groups(BatchMix mix, int rows) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < rows; row++) {
      groups.computeIfAbsent(mix.mergedKey(row), g -> new ArrayList<>()).add(row);
    }
    return List.copyOf(groups.values());
  }

  private static Map<String, Tensor> data(Scope scope, Batch batch, List<Integer> rows) {
    Map<String, Tensor> data = data(scope, rows.stream().map(batch.texts()::get).toList());
    BatchMix mix = batch.mix();
    if (!mix.unmergedSites().isEmpty()) {
      Shape shape = Shape.of(rows.size(), mix.columns());
      data.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, shape, mix.weights(rows, 0, 1)));
    }
    return data;
  }

  private static Map<String, Tensor> data(Scope scope, List<EncoderText> texts) {
    int longest = texts.stream().mapToInt(t -> t.ids().length).max().orElse(1);
    Shape shape = Shape.of(texts.size(), longest);
    long[] ids = new long[texts.size() * longest];
    long[] types = new long[ids.length];
    long[] positions = new long[ids.length];
    long[] present = new long[ids.length];
    for (int row = 0; row < texts.size(); row++) {
      EncoderText text = texts.get(row);
      for (int t = 0; t < text.ids().length; t++) {
        int at = row * longest + t;
        ids[at] = text.ids()[t];
        types[at] = text.types()[t];
        positions[at] = t;
        present[at] = 1;
      }
    }
    return new HashMap<>(
        Map.of(
            TokenInputs.IDS, Tensor.ofLongs(scope, shape, ids),
            TokenInputs.POSITIONS, Tensor.ofLongs(scope, shape, positions),
            EncoderInputs.TYPES, Tensor.ofLongs(scope, shape, types),
            EncoderInputs.PRESENT, Tensor.ofLongs(scope, shape, present)));
  }

  private void require(EncoderText text) {
    int longest = programs.network().longest();
    if (text.ids().length > longest) {
      throw new ModelException(
          base.path()
              + " reads texts of "
              + longest
              + " tokens at most, not of "
              + text.ids().length
              + "; cut the text.");
    }
    int words = programs.network().vocabulary();
    for (int id : text.ids()) {
      if (id < 0 || id >= words) {
        throw new ModelException(
            base.path() + " knows tokens 0 to " + (words - 1) + ", not " + id + ".");
      }
    }
  }
}
