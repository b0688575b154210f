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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Texts that are encoded together. Each has adapters of its own, unmerged where possible; texts
 * with different merged adapters are encoded in groups. Shorter texts are padded, which no token
 * attends to.
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
    Network network = programs.of(output, mix.unmergedSites());
    float[][] found = new float[texts.size()][];
    try (Scope scope = programs.scope().child("texts");
        StackedFactors.Use factors = programs.factors().of(mix)) {
      for (List<Integer> group : groups(mix, texts.size())) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("encoding texts was interrupted");
        }
        try (Scope work = scope.child("group")) {
          MergedSites inside =
              mix.mergedSites(work, programs.patch(), base.weights(), group.get(0));
          Map<String, Tensor> patched = inside.at(plans.get(group.get(0)).at(0, 1));
          Map<String, Tensor> data = data(work, group.stream().map(texts::get).toList());
          if (!mix.unmergedSites().isEmpty()) {
            Shape shape = Shape.of(group.size(), mix.columns());
            data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, shape, mix.weights(group, 0, 1)));
          }
          try (HeldInputs held = network.hold(work, base.weights(), patched, factors.tensors())) {
            float[] all = network.run(work, held, data).get(0).floats();
            int each = all.length / group.size();
            for (int row = 0; row < group.size(); row++) {
              int length = each(output, texts.get(group.get(row)), each);
              found[group.get(row)] = Arrays.copyOfRange(all, row * each, row * each + length);
            }
          }
        }
      }
    }
    return List.of(found);
  }

  /** Number of a row's values that belong to its text. */
  private int each(EncoderOutput output, EncoderText text, int row) {
    return switch (output) {
      case TOKENS -> text.ids().length * programs.network().width();
      case TAGS -> text.ids().length * programs.network().labels().size();
      case MEAN, FIRST, POOLED, LABELS -> row;
    };
  }

  private static List<List<Integer>> groups(BatchMix mix, int rows) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < rows; row++) {
      groups.computeIfAbsent(mix.mergedKey(row), g -> new ArrayList<>()).add(row);
    }
    return List.copyOf(groups.values());
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
